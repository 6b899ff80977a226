import { cpSync, readdirSync, rmSync } from "node:fs"
import { join } from "node:path"

import { expect, test } from "vitest"

import type { DeclaredProject } from "../declared-project.ts"
import { runFreshet } from "../freshet-process.ts"
import { readPublishedRows, withPublishedRecs } from "../published-recs.ts"
import { withEnvironment } from "../test-project.ts"
import {
  type Declared,
  declareHistory,
  drawHistory,
  type Edit,
  firstDeclared,
  type History,
} from "./history.ts"

const createTables = "create table recs (u bigint primary key, n bigint not null)"

const dayMs = 86_400_000

/** Lets commands see a clock that is two days ahead. */
function withClockAhead(project: DeclaredProject) {
  const ahead = `const { now } = Date; Date.now = () => now.call(Date) + ${2 * dayMs}`
  return withEnvironment(project, {
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(ahead)}`,
  })
}

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
  const newest = readdirSync(join(project.landing, "raw")).toSorted().at(-1)?.slice(0, 10) ?? ""
  const days = ["--from", start, "--to", newest]
  const hasDays = newest >= start
  const requests = [
    ...(hasDays && granularity === "daily" ? [[name, ...days]] : []),
    ...(hasDays && hasSums ? [["sums", ...days]] : []),
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
      await materialize(withClockAhead(project), declared)
      return declared
    case "declare":
      return { ...declared, ...edit.change }
  }
}

/** Replays a history, and compares its end with the end of a project that only ever saw the last files and declarations. */
async function expectSameFromScratch({ chapters }: History): Promise<void> {
  await withPublishedRecs(
    declareHistory(firstDeclared),
    async (project) => {
      let declared = firstDeclared
      for (const edits of chapters) {
        for (const edit of edits) declared = await applyEdit(project, declared, edit)
        await project.declare(declareHistory(declared))
        await materialize(project, declared)
      }
      const outcome = await readOutcome(project, declared)
      await withPublishedRecs(
        declareHistory(declared),
        async (scratch) => {
          cpSync(project.landing, scratch.landing, { recursive: true })
          await materialize(scratch, declared)
          expect(outcome, JSON.stringify(chapters)).toEqual(await readOutcome(scratch, declared))
        },
        createTables,
      )
    },
    createTables,
  )
}

const seeds = Array.from({ length: Number(process.env["FRESHET_HISTORIES"] ?? 40) }, (_, at) => at)

test.each(seeds)("history %i ends as a project from scratch does", async (seed) => {
  await expectSameFromScratch(drawHistory(seed))
})
