import { expect, test } from "vitest"

import { readSnapshot } from "../../src/ledger/snapshot.ts"
import { ledgerDatabase, materialization, step, withRun } from "./ledger-database.ts"

const { url, client } = ledgerDatabase()

test("an empty ledger is an empty snapshot", async () => {
  const { materializations, failures, publications } = await readSnapshot(client())
  expect([materializations.size, failures.size, publications.size]).toEqual([0, 0, 0])
})

test("a set shows what it published last", async () => {
  await client().query(`
    insert into freshet.publications (set, partition, partition_key, version, run, changes, published_at)
    values ('recs', 20000, '2024-10-04', 'v2', 'r1', '[]', '2024-10-05T06:00:00Z'),
      ('films', 0, 'all', 'f1', 'r1', '[]', '2024-10-05T06:00:00.001Z'),
      ('recs', 19999, '2024-10-03', 'v1', 'r2', '[]', '2024-10-05T07:00:00Z')`)
  const { publications } = await readSnapshot(client())
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

test("materializations are sorted into assets and partitions, the newest of each", async () => {
  await withRun(url(), "sorted", async ({ ledger }) => {
    for (const inputVersion of ["input 2", "input 1"])
      for (const asset of ["likes", "follows"])
        for (const partition of [3, 1, 2])
          await ledger.recordStep(
            step("sorted", {
              materializations: [materialization({ asset, partition, inputVersion })],
            }),
          )
  })
  const { materializations } = await readSnapshot(client())
  const versions = [...materializations].map(([asset, partitions]) => [
    asset,
    new Map([...partitions].map(([partition, { inputVersion }]) => [partition, inputVersion])),
  ])
  const newest = new Map([1, 2, 3].map((partition) => [partition, "input 1"]))
  expect(new Map(versions as [])).toEqual(
    new Map([
      ["likes", newest],
      ["follows", newest],
    ]),
  )
})

test("a snapshot that fails leaves the connection usable", async () => {
  await client().query("alter table freshet.publications rename to hidden")
  await expect(readSnapshot(client())).rejects.toThrow(/publications/)
  await client().query("alter table freshet.hidden rename to publications")
  expect((await readSnapshot(client())).publications.size).toBe(2)
})

test("a hundred thousand materializations are read at once", async () => {
  await withRun(url(), "big", async ({ ledger }) => ledger.recordStep(step("big")))
  await client().query(`
    insert into freshet.materializations (asset, partition, code_version, input_version,
      data_version, file, rows, bytes, duration_ms, recorded_at, check_version, failed_errors,
      failed_warnings, step)
    select 'asset_' || (i / 365), 19000 + i % 365, md5((i / 365)::text), md5(i::text), md5(i::text),
      'asset_' || (i / 365) || '/' || md5(i::text), i, i * 100, 15, now(), md5(''), 0, 0,
      (select min(id) from freshet.steps)
    from generate_series(0, 99999) as i`)
  await client().query("analyze freshet.materializations")
  const startedMs = performance.now()
  const { materializations } = await readSnapshot(client())
  expect(performance.now() - startedMs).toBeLessThan(5_000)
  expect(materializations.get("asset_273")?.get(19_000)?.rows).toBe(99_645)
})
