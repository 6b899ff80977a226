import { expect, test } from "vitest"

import { readSnapshot } from "../../src/ledger/snapshot.ts"
import { openLedgerDatabase, noAssets } from "./ledger-database.ts"

const { client } = openLedgerDatabase()

test("an empty ledger is an empty snapshot", async () => {
  const { histories, failures, publications } = await readSnapshot(client(), noAssets)
  expect([histories.size, failures.size, publications.size]).toEqual([0, 0, 0])
})

test("the newest publication of a set counts", async () => {
  await client().query(`
    insert into freshet.publications (set, partition, partition_key, version, run, changes, published_at)
    values ('recs', 20000, '2024-10-04', 'v2', 'r1', '[]', '2024-10-05T06:00:00Z'),
      ('films', 0, 'all', 'f1', 'r1', '[]', '2024-10-05T06:00:00.001Z'),
      ('recs', 19999, '2024-10-03', 'v1', 'r2', '[]', '2024-10-05T07:00:00Z')`)
  const { publications } = await readSnapshot(client(), noAssets)
  expect([...publications.values()]).toEqual([
    { set: "films", partition: 0, partitionKey: "all", version: "f1", atMs: 1728108000001 },
    {
      set: "recs",
      partition: 19_999,
      partitionKey: "2024-10-03",
      version: "v1",
      atMs: Date.UTC(2024, 9, 5, 7),
    },
  ])
})

test("a snapshot that fails leaves the connection usable", async () => {
  await client().query("alter table freshet.publications rename to hidden")
  await expect(readSnapshot(client(), noAssets)).rejects.toThrow(/publications/)
  await client().query("alter table freshet.hidden rename to publications")
  expect((await readSnapshot(client(), noAssets)).publications.size).toBe(2)
})
