import { publishTo } from "@freshet/core"
import { bigint, pgTable } from "drizzle-orm/pg-core"
import { expect, test } from "vitest"

import { readSnapshot } from "../../src/ledger/snapshot.ts"
import { hashContent } from "../../src/publish/table-scope.ts"
import { toTargetTable } from "../../src/publish/target-table.ts"
import { buildTestGraph, openLedgerDatabase, noAssets, testAsset } from "./ledger-database.ts"

const { client } = openLedgerDatabase()

test("an empty ledger is an empty snapshot", async () => {
  const { histories, failures, publications } = await readSnapshot(client(), noAssets)
  expect([histories.size, failures.size, publications.size]).toEqual([0, 0, 0])
})

test("the content of a table is that of its latest publication, also by another set and another asset", async () => {
  const table = pgTable("recs", { id: bigint({ mode: "bigint" }).primaryKey() })
  const publish = publishTo(table, { set: "recs" })
  const asset = testAsset("recs", { previousNames: ["named"], publish })
  const content = (version: string) => hashContent(toTargetTable({ asset, publish }), version)
  await client().query(
    `insert into freshet.published_partitions
      (table_name, partition_key, set, asset, data_version, content, file, rows, published_at)
    values ('recs', '2024-10-04', 'old_set', 'named', 'd2', $1, '', 1, '2024-10-05T06:00:00Z'),
      ('recs', '2024-10', 'old_set', 'named', 'd0', 'of another form', '', 1, '2024-10-04T06:00:00Z'),
      ('recs', '2024-10-03', 'old_set', 'named', 'd1', $2, '', 1, '2024-10-05T07:00:00Z'),
      ('orphan', 'all', 'old_set', 'gone', 'f1', '', '', 1, '2024-10-05T06:00:00.001Z')`,
    [content("d2"), content("d1")],
  )
  const graph = buildTestGraph(asset)
  const { publications } = await readSnapshot(client(), graph)
  expect([...publications]).toEqual([
    [
      "recs",
      {
        asset: "recs",
        partitions: [
          { key: "2024-10", partition: undefined, dataVersion: "", file: "" },
          { key: "2024-10-03", partition: 19_999, dataVersion: "d1", file: "" },
          { key: "2024-10-04", partition: 20_000, dataVersion: "d2", file: "" },
        ],
        atMs: Date.UTC(2024, 9, 5, 7),
      },
    ],
  ])
})

test("a snapshot that fails leaves the connection usable", async () => {
  await client().query("alter table freshet.published_partitions rename to hidden")
  await expect(readSnapshot(client(), noAssets)).rejects.toThrow(/published_partitions/)
  await client().query("alter table freshet.hidden rename to published_partitions")
  expect((await readSnapshot(client(), noAssets)).publications.size).toBe(0)
})
