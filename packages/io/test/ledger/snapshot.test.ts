import { publishTo } from "@freshet/core"
import { bigint, pgTable } from "drizzle-orm/pg-core"
import { expect, test } from "vitest"

import { readSnapshot } from "../../src/ledger/snapshot.ts"
import { buildTestGraph, openLedgerDatabase, noAssets, testAsset } from "./ledger-database.ts"

const { client } = openLedgerDatabase()

test("an empty ledger is an empty snapshot", async () => {
  const { histories, failures, publications } = await readSnapshot(client(), noAssets)
  expect([histories.size, failures.size, publications.size]).toEqual([0, 0, 0])
})

test("the content of a table is that of its latest publication, whatever set or asset wrote it", async () => {
  await client().query(`
    insert into freshet.published_partitions
      (table_name, partition_key, set, asset, data_version, content, file, rows, published_at)
    values ('recs', '2024-10-04', 'old_set', 'named', 'd2', '', '', 1, '2024-10-05T06:00:00Z'),
      ('recs', '2024-10', 'old_set', 'named', 'd0', '', '', 1, '2024-10-04T06:00:00Z'),
      ('recs', '2024-10-03', 'old_set', 'named', 'd1', '', '', 1, '2024-10-05T07:00:00Z'),
      ('orphan', 'all', 'old_set', 'gone', 'f1', '', '', 1, '2024-10-05T06:00:00.001Z')`)
  const table = pgTable("recs", { id: bigint({ mode: "bigint" }).primaryKey() })
  const graph = buildTestGraph(
    testAsset("recs", { previousNames: ["named"], publish: publishTo(table, { set: "recs" }) }),
  )
  const { publications } = await readSnapshot(client(), graph)
  expect([...publications]).toEqual([
    [
      "recs",
      {
        asset: "recs",
        partitions: [
          { key: "2024-10", partition: undefined, dataVersion: "d0" },
          { key: "2024-10-03", partition: 19_999, dataVersion: "d1" },
          { key: "2024-10-04", partition: 20_000, dataVersion: "d2" },
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
