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
