import { cpSync, readdirSync, rmSync } from "node:fs"
import { join } from "node:path"

import { expect, test } from "vitest"

import type { DeclaredProject } from "../declared-project.ts"
import { readFreshetJson, runFreshet } from "../freshet-process.ts"
import { readPublishedRows, withPublishedRecs } from "../published-recs.ts"
import { withClockAhead } from "../test-project.ts"
import {
  type Declared,
  declareHistory,
  drawHistory,
  type Edit,
  firstDeclared,
  type History,
  nameAssets,
} from "./history.ts"

const createTables = ["recs", "others"]
  .map(
    (table) =>
      `create table ${table} (day date, k text primary key, u bigint not null, n bigint not null);`,
  )
  .join("")

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
  /** The rows of the published tables. */
  readonly tables: readonly string[]
  /** The answers of `sql`, by asset. */
  readonly rows: readonly string[]
  readonly states: unknown
}

/** Lists the assets of a project; those with partitions of days first. */
function listAssets(declared: Declared): readonly string[] {
  const { recs, others } = nameAssets(declared)
  const optional = [
    ...(declared.hasOthers ? [others.name] : []),
    ...(declared.hasSums ? ["sums"] : []),
  ]
  return [...optional, recs.name]
}

/** Materializes all days of daily assets, and the newest partition of the others. */
async function materialize(
  project: DeclaredProject,
  declared: Declared,
): Promise<readonly (number | null)[]> {
  const days = ["--from", declared.start, "--to", "2026-01-06"]
  const assets = listAssets(declared)
  const daily = declared.granularity === "daily" ? assets : assets.slice(0, -1)
  const exitCodes: (number | null)[] = []
  for (const request of [...daily.map((asset) => [asset, ...days]), []])
    exitCodes.push((await runFreshet(project, "materialize", ...request)).code)
  return exitCodes
}

async function readOutcome(project: DeclaredProject, declared: Declared): Promise<Outcome> {
  const exitCodes = await materialize(project, declared)
  const rows: string[] = []
  for (const asset of listAssets(declared)) {
    const query = `select * from "${asset}@all" order by all`
    rows.push(asset, (await runFreshet(project, "sql", query, "--csv")).stdout)
  }
  const status = await readFreshetJson<{
    readonly assets: readonly { readonly name: string; readonly partitions: unknown }[]
  }>(project, "status")
  return {
    exitCodes,
    tables: await readTables(project, declared),
    rows,
    states: status.assets.map(({ name: asset, partitions }) => [asset, partitions]),
  }
}

/** Reads the tables of the declared assets. */
async function readTables(
  project: DeclaredProject,
  { hasOthers, exchangesTables }: Declared,
): Promise<readonly string[]> {
  const tables = hasOthers ? ["recs", "others"] : [exchangesTables ? "others" : "recs"]
  const query = tables
    .map((table) => `select '${table}', day::text, k, n from ${table}`)
    .join(" union all ")
  return readPublishedRows(project, `${query} order by 1, 2, 3, 4`)
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
    case "withdraw the oldest":
      for (const file of readdirSync(join(project.landing, "raw")).toSorted().slice(0, edit.count))
        rmSync(join(project.landing, "raw", file))
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

/** Expects equal outcomes. Where a command fails, only the exit statuses: rows that fail a check stay in the lake and in tables. */
function expectSameOutcome(outcome: Outcome, scratchOutcome: Outcome): void {
  expect(outcome.exitCodes).toEqual(scratchOutcome.exitCodes)
  if (outcome.exitCodes.every((code) => code === 0)) expect(outcome).toEqual(scratchOutcome)
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
          expectSameOutcome(outcome, await readOutcome(scratch, declared))
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
