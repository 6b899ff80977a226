import { cpSync, rmSync } from "node:fs"
import { join } from "node:path"

import { expect, test } from "vitest"

import type { DeclaredProject } from "../declared-project.ts"
import { runFreshet } from "../freshet-process.ts"
import { readPublishedRows, withPublishedRecs } from "../published-recs.ts"
import { withClockAhead } from "../test-project.ts"
import {
  type Declared,
  declareHistory,
  drawHistory,
  type Edit,
  firstDeclared,
  type History,
} from "./history.ts"

const createTables = "create table recs (u bigint primary key, n bigint not null)"

/** Noon of the day after the last day that a history lands. */
const noonMs = Date.UTC(2026, 0, 7, 12)

/** Returns the project with a clock that was at noon when the tests started, or some days later. */
function withClock(project: DeclaredProject, daysAhead = 0): DeclaredProject {
  return withClockAhead(project, noonMs + daysAhead * 86_400_000 - startedMs)
}

const startedMs = Date.now()

/** Everything that a person can see after the last run. */
interface Outcome {
  readonly exitCodes: readonly (number | null)[]
  readonly table: readonly string[]
  readonly rows: string
  readonly sums: string
  readonly states: unknown
}

/** Materializes all days of daily assets, and the newest partition of the others. */
async function materialize(
  project: DeclaredProject,
  { name, granularity, hasSums, start }: Declared,
): Promise<readonly (number | null)[]> {
  const days = ["--from", start, "--to", "2026-01-06"]
  const requests = [
    ...(granularity === "daily" ? [[name, ...days]] : []),
    ...(hasSums ? [["sums", ...days]] : []),
    [],
  ]
  const exitCodes: (number | null)[] = []
  for (const request of requests)
    exitCodes.push((await runFreshet(project, "materialize", ...request)).code)
  return exitCodes
}

async function readOutcome(project: DeclaredProject, declared: Declared): Promise<Outcome> {
  const exitCodes = await materialize(project, declared)
  const { name, hasSums } = declared
  const readAll = async (asset: string) =>
    (await runFreshet(project, "sql", `select * from "${asset}@all" order by all`, "--csv")).stdout
  const status = JSON.parse((await runFreshet(project, "status", "--json")).stdout) as {
    readonly assets: readonly { readonly name: string; readonly partitions: unknown }[]
  }
  return {
    exitCodes,
    table: await readPublishedRows(project, "select u, n from recs order by u, n"),
    rows: await readAll(name),
    sums: hasSums ? await readAll("sums") : "",
    states: status.assets.map(({ name: asset, partitions }) => [asset, partitions]),
  }
}

async function applyEdit(
  project: DeclaredProject,
  declared: Declared,
  edit: Edit,
): Promise<Declared> {
  const toLines = (users: readonly number[]) => users.map((u) => `{"u":${u}}\n`).join("")
  switch (edit.kind) {
    case "land":
      project.land(`raw/${edit.day}.json`, toLines(edit.users))
      return declared
    case "withdraw":
      rmSync(join(project.landing, `raw/${edit.day}.json`), { force: true })
      return declared
    case "name":
      project.land("names.json", toLines(edit.users))
      return declared
    case "clock ahead":
      await materialize(withClock(project, 2), declared)
      return declared
    case "declare":
      return { ...declared, ...edit.change }
  }
}

/** Replays a history, and compares its end with the end of a project that only ever saw the last files and declarations. */
async function expectSameFromScratch({ chapters }: History): Promise<void> {
  await withPublishedRecs(
    declareHistory(firstDeclared),
    async (place) => {
      const project = withClock(place)
      let declared = firstDeclared
      for (const edits of chapters) {
        for (const edit of edits) declared = await applyEdit(project, declared, edit)
        await project.declare(declareHistory(declared))
        await materialize(project, declared)
      }
      const outcome = await readOutcome(project, declared)
      await withPublishedRecs(
        declareHistory(declared),
        async (emptyPlace) => {
          const scratch = withClock(emptyPlace)
          cpSync(project.landing, scratch.landing, { recursive: true })
          await materialize(scratch, declared)
          expect(outcome).toEqual(await readOutcome(scratch, declared))
        },
        createTables,
      )
    },
    createTables,
  )
}

const seeds = Array.from({ length: Number(process.env["FRESHET_HISTORIES"] ?? 20) }, (_, at) => at)

test.each(seeds)("history %i ends as a project from scratch does", async (seed) => {
  await expectSameFromScratch(drawHistory(seed))
})
