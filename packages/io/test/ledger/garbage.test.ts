import { keepFor } from "@freshet/core"
import type { StepRecord } from "@freshet/core/engine"
import { expect, test } from "vitest"

import { findGarbage, wipeMaterializations, listReferencedFiles } from "../../src/ledger/garbage.ts"
import { readLedgerNames } from "../../src/ledger/ledger-names.ts"
import { readMaterializations } from "../../src/ledger/read-materializations.ts"
import { readProvenance } from "../../src/ledger/runs.ts"
import { readSnapshot } from "../../src/ledger/snapshot.ts"
import {
  testAsset,
  buildTestGraph,
  openLedgerDatabase,
  buildMaterialization,
  buildStep,
} from "./ledger-database.ts"
import { withRun } from "./ledger-database.ts"

const { url, client } = openLedgerDatabase()
const day = 86_400_000
const start = Date.UTC(2026, 0, 1)
const graph = buildTestGraph(
  testAsset("week", { retention: keepFor({ days: 7 }) }),
  testAsset("month"),
  testAsset("reader"),
  testAsset("renamed", { previousNames: ["named"] }),
)

/** One version of a partition, recorded so many days after the start. */
function version(asset: string, data: string, days: number, changes: Partial<StepRecord> = {}) {
  const materialized = buildMaterialization({
    asset,
    partition: 1,
    inputVersion: `${asset} ${data}`,
    dataVersion: data,
    file: `${asset}/${data}`,
  })
  const endedMs = start + days * day
  return buildStep("garbage", {
    materializations: [materialized],
    reads: [],
    startedMs: endedMs,
    endedMs,
    ...changes,
  })
}

const garbageAfter = async (days: number, graceDays = 0) => {
  const garbage = await findGarbage(client(), await readLedgerNames(client(), graph), {
    nowMs: start + days * day,
    graceMs: graceDays * day,
  })
  return garbage.map(({ file }) => file)
}

async function recordAll(records: readonly StepRecord[]) {
  await withRun(
    url(),
    `garbage ${records[0]?.endedMs} ${records[0]?.computation}`,
    async ({ ledger, client }) => {
      await client.query(
        "insert into freshet.runs (id, command, steps, host, pid) values ('garbage', '', 1, '', 1) on conflict (id) do update set outcome = null",
      )
      for (const stepRecord of records) await ledger.recordStep(stepRecord)
    },
    { graph },
  )
}

test("a replaced materialization is garbage after its retention and the grace period, the newest never", async () => {
  await recordAll([
    version("week", "w1", 0),
    version("month", "m1", 0),
    version("named", "n1", 0),
    version("week", "w2", 1),
    version("month", "m2", 1),
    version("renamed", "n2", 1),
  ])
  expect(await garbageAfter(7.9)).toEqual([])
  expect(await garbageAfter(8.1)).toEqual(["week/w1"])
  expect(await garbageAfter(8.1, 1)).toEqual([])
  expect(await garbageAfter(31.1)).toEqual(["month/m1", "named/n1", "week/w1"])
  expect(await garbageAfter(10_000)).toEqual(["month/m1", "named/n1", "week/w1"])
  const [month, renamed] = await findGarbage(client(), await readLedgerNames(client(), graph), {
    nowMs: start + 40 * day,
    graceMs: 0,
  })
  expect(month).toMatchObject({ asset: "month", partition: 1, rows: 10, bytes: 1000 })
  expect(month?.replacedMs).toBe(start + day)
  expect(renamed).toMatchObject({ asset: "renamed" })
})

test("inputs of a retained materialization are retained, so that it can be recomputed from exactly these", async () => {
  const reads = [{ relation: "week", asset: "week", short: false, versions: [[1, "w1"]] as const }]
  await recordAll([version("reader", "r1", 2, { reads })])
  expect(await garbageAfter(40)).toEqual(["month/m1", "named/n1"])
  await recordAll([version("reader", "r2", 3)])
  expect(await garbageAfter(20)).toEqual([])
  expect(await garbageAfter(40)).toEqual(["month/m1", "reader/r1", "named/n1", "week/w1"])
})

test("published materializations are retained", async () => {
  const publish = async (files: readonly string[]) => {
    await client().query("delete from freshet.published_partitions")
    await client().query(
      `insert into freshet.published_partitions
        (table_name, partition_key, set, asset, data_version, content, file, rows)
       select 'table', file, 'set', '', '', '', file, 1 from unnest($1::text[]) as file`,
      [files],
    )
  }
  await publish(["month/m1", "week/w1"])
  expect(await garbageAfter(40)).toEqual(["reader/r1", "named/n1"])
  await publish(["month/m1"])
  expect(await garbageAfter(40)).toEqual(["reader/r1", "named/n1", "week/w1"])
  await publish(["month/m2"])
  expect(await garbageAfter(40)).toContain("named/n1")
})

test("materializations of a removed asset are retained for a month after a run recorded its removal", async () => {
  const open = (declared: typeof graph) =>
    withRun(url(), `sees ${Math.random()}`, async () => {}, { graph: declared })
  const found = async (days: number) =>
    (
      await findGarbage(client(), await readLedgerNames(client(), buildTestGraph()), {
        nowMs: Date.now() + days * day,
        graceMs: day,
      })
    )
      .filter(({ asset }) => asset === "reader")
      .map(({ file, partition }) => [file, partition])
  expect(await found(20)).toEqual([["reader/r1", undefined]])
  await open(buildTestGraph())
  expect(await found(30)).toEqual([["reader/r1", undefined]])
  expect(await found(31.1)).toEqual([
    ["reader/r1", undefined],
    ["reader/r2", undefined],
  ])
  await open(graph)
  expect(await found(31.1)).toEqual([["reader/r1", undefined]])
})

test("a quarantine file is retained with the rows of its step, failed rows for the grace period", async () => {
  const lines = { source: "s", lines: 2, rows: 1, quarantined: 1, reasons: [] }
  const refused = { kind: "checks_failed", failedFiles: ["failed_rows/month"] } as const
  await recordAll([
    version("month", "m3", 4, { lineCounts: [{ ...lines, file: "quarantine/m3" }] }),
    version("month", "m4", 5, {
      outcome: refused,
      lineCounts: [{ ...lines, file: "quarantine/m4" }],
    }),
  ])
  const referencedFiles = async (days: number) => {
    const files = []
    const options = { nowMs: start + days * day, graceMs: 2 * day }
    for await (const file of listReferencedFiles(client(), options)) files.push(file)
    return new Set(files)
  }
  const young = await referencedFiles(6)
  for (const file of ["month/m3", "week/w1", "quarantine/m3", "quarantine/m4", "failed_rows/month"])
    expect(young).toContain(file)
  const old = await referencedFiles(8)
  expect(old).toContain("quarantine/m3")
  expect(old).not.toContain("quarantine/m4")
  expect(old).not.toContain("failed_rows/month")
})

test("only the owner of the run lock wipes, and every wipe changes the ledger version", async () => {
  const recorded = async () =>
    readMaterializations(client(), await readLedgerNames(client(), graph), [
      { asset: "week", range: { from: 1, to: 1 } },
    ])
  const ids = (await recorded()).slice(0, 1).map(({ id }) => id)
  const position = async () => (await readSnapshot(client(), graph)).version
  const before = await position()
  await expect(wipeMaterializations(client(), ids)).rejects.toMatchObject({ code: "ledger" })
  expect(await recorded()).toHaveLength(2)
  await withRun(url(), "forgets", async (run) => {
    await expect(wipeMaterializations(client(), ids)).rejects.toMatchObject({ code: "ledger" })
    expect(await wipeMaterializations(run.client, [])).toBe(0)
    expect(await position()).toBe(before)
    expect(await wipeMaterializations(run.client, ids)).toBe(1)
  })
  expect((await recorded()).map(({ dataVersion }) => dataVersion)).toEqual(["w2"])
  expect(await position()).not.toBe(before)
})

test("the inputs of a materialization have current names", async () => {
  const reads = [
    { relation: "named [last 2]", asset: "named", short: true, versions: [[1, "n1"]] as const },
  ]
  await recordAll([version("named", "n9", 6, { reads })])
  const range = { from: 1, to: 1 }
  const newest = (
    await readMaterializations(client(), await readLedgerNames(client(), graph), [
      { asset: "renamed", range },
    ])
  ).at(-1)
  const provenance = await readProvenance(client(), await readLedgerNames(client(), graph), [
    newest?.id ?? 0,
  ])
  expect(provenance.get(newest?.id ?? 0)?.reads).toEqual(reads)
})
