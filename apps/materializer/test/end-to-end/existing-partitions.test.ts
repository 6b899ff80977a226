import { expect, test } from "vitest"

import { type DeclaredProject, withDeclaredProject } from "./declared-project.ts"
import { expectDone, readFreshetJson, runFreshet } from "./freshet-process.ts"

/** Declares a daily source, and daily assets that read one file, nothing, and the source. */
const declareGroups = (group: string) => `
  import { codeAsset, daily, int64, sourceAsset, sql, sqlAsset, unpartitioned } from "@freshet/core"
  const partitions = daily({ start: "2026-01-01", end: "2026-01-05" })
  const format = { kind: "json_lines" }
  const columns = { u: int64("A user.") }
  const raw = sourceAsset({
    name: "raw", group: "shop", description: "Visits of a day.", partitions, columns, format,
    path: "raw/{partition}.json",
  })
  const users = sourceAsset({
    name: "users", group: "shop", description: "All users.", partitions: unpartitioned, columns,
    format, path: "users.json",
  })
  const common = { group: "${group}", description: "Users.", partitions, columns }
  const reader = sqlAsset({ ...common, name: "reader", query: sql\`select u from \${users}\` })
  const visits = sqlAsset({ ...common, name: "visits", query: sql\`select u from \${raw}\` })
  const fetched = codeAsset({
    ...common, name: "fetched", version: "1", upstream: {}, async *compute() { yield { u: 1n } },
  })
  export const assets = [raw, users, reader, visits, fetched]`

/** Reads the rows that a query gives. */
async function readRows(project: DeclaredProject, query: string): Promise<readonly unknown[]> {
  const document = await readFreshetJson<{ rows: readonly unknown[] }>(project, "sql", query)
  return document.rows
}

const allDays = ["--from", "2026-01-01", "--to", "2026-01-05"] as const

const countDays = (asset: string) => `select count(*)::integer as days from "${asset}@all"`

test("11.7 and 11.12: a group is a label, and the clock ends an asset that reads no partitions of time", async () => {
  await withDeclaredProject(declareGroups("shop"), async (project) => {
    project.land("users.json", '{"u":1}\n')
    project.land("raw/2026-01-01.json", '{"u":1}\n')
    project.land("raw/2026-01-02.json", '{"u":2}\n')
    expectDone(await runFreshet(project, "materialize", ...allDays))
    expect(await readRows(project, countDays("reader"))).toEqual([{ days: 5 }])
    expect(await readRows(project, countDays("fetched"))).toEqual([{ days: 5 }])
    expect(await readRows(project, countDays("visits"))).toEqual([{ days: 2 }])

    await project.declare(declareGroups("web"))
    const { steps } = await readFreshetJson<{ steps: readonly unknown[] }>(
      project,
      "plan",
      ...allDays,
    )
    expect(steps).toEqual([])
  })
})

/** Declares daily visits, notes that need not land, and assets that join them by day and count them by month. */
const declareJoin = (notes: string, read: string) => `
  import { daily, int64, last, monthly, sourceAsset, sql, sqlAsset } from "@freshet/core"
  const partitions = daily({ start: "2026-01-01", end: "2026-02-10" })
  const format = { kind: "json_lines" }
  const columns = { u: int64("A user.") }
  const visits = sourceAsset({
    name: "visits", group: "g", description: "Visits of a day.", partitions, columns, format,
    path: "visits/{partition}.json",
  })
  const notes = sourceAsset({
    name: "notes", group: "g", description: "Notes of a day.", columns, format,
    path: "notes/{partition}.json", ${notes}
  })
  const counts = { visits: int64("Visits."), notes: int64("Notes.") }
  const counted = sqlAsset({
    name: "counted", group: "g", description: "Rows of a day.", partitions, columns: counts,
    query: sql\`select (select count(*) from \${visits}) as visits, (select count(*) from \${${read}}) as notes\`,
  })
  const months = sqlAsset({
    name: "months", group: "g", description: "Rows of a month.",
    partitions: monthly({ start: "2026-01" }), columns: counts,
    query: sql\`select sum(visits)::bigint as visits, sum(notes)::bigint as notes from \${counted}\`,
  })
  export const assets = [visits, notes, counted, months]`

const joinedRows = `
  select count(*)::integer as days, sum(visits)::integer as visits, sum(notes)::integer as notes
  from "counted@all"`

/** Lands visits of January from the first day on, and notes of two days. */
function landVisits(project: DeclaredProject): void {
  for (let day = 1; day <= 31; day += 1)
    project.land(`visits/2026-01-${String(day).padStart(2, "0")}.json`, `{"u":${day}}\n`)
  project.land("notes/2026-01-10.json", '{"u":1}\n{"u":2}\n')
  project.land("notes/2026-01-20.json", '{"u":1}\n')
}

const materializeJoin = ["materialize", "--from", "2026-01-01", "--to", "2026-02-28"] as const

test("11.11: a source whose files may be missing gives its reader every day that the other read has", async () => {
  const declarations = declareJoin(`partitions, whenMissing: "empty"`, "notes")
  await withDeclaredProject(declarations, async (project) => {
    landVisits(project)
    expectDone(await runFreshet(project, ...materializeJoin))
    expect(await readRows(project, joinedRows)).toEqual([{ days: 31, visits: 31, notes: 3 }])
  })
})

test("11.11: two sources that start on different days are joined by a window that may be short", async () => {
  const late = `partitions: daily({ start: "2026-01-10", end: "2026-01-20" }), whenMissing: "gap"`
  await withDeclaredProject(declareJoin(late, "last(1, notes)"), async (project) => {
    landVisits(project)
    expectDone(await runFreshet(project, ...materializeJoin))
    expect(await readRows(project, joinedRows)).toEqual([{ days: 31, visits: 31, notes: 3 }])
  })
})

test("11.11: a month whose source ends inside it exists", async () => {
  const declarations = declareJoin(`partitions, whenMissing: "empty"`, "notes")
  await withDeclaredProject(declarations, async (project) => {
    landVisits(project)
    for (let day = 1; day <= 10; day += 1)
      project.land(`visits/2026-02-${String(day).padStart(2, "0")}.json`, `{"u":${day}}\n`)
    expectDone(await runFreshet(project, ...materializeJoin))
    const months = `select visits::integer as visits, notes::integer as notes from "months@all" order by 1`
    expect(await readRows(project, months)).toEqual([
      { visits: 10, notes: 0 },
      { visits: 31, notes: 3 },
    ])
  })
})
