import {
  type Asset,
  daily,
  monthly,
  type Partitions,
  staticKeys,
  unpartitioned,
} from "@freshet/core"
import type { LedgerSnapshot } from "@freshet/core/engine"
import { describe, expect, test } from "vitest"

import { readLedgerNames } from "../../src/ledger/ledger-names.ts"
import { readMaterializations } from "../../src/ledger/read-materializations.ts"
import { readSnapshot } from "../../src/ledger/snapshot.ts"
import {
  buildMaterialization,
  buildStep,
  buildTestGraph,
  openLedgerDatabase,
  testAsset,
  withRun,
} from "./ledger-database.ts"

const { url, client } = openLedgerDatabase()
const days = daily({ start: "1970-01-01" })
const months = monthly({ start: "1970-01" })
const localDays = daily({ start: "1970-01-01", zone: "Asia/Tokyo" })

const declare = (name: string, partitions: Partitions, overrides: Partial<Asset> = {}) =>
  buildTestGraph(testAsset(name, { partitions, ...overrides }))

/** Records a materialization of a partition with these declarations. */
async function record(graph: ReturnType<typeof declare>, partition: number): Promise<void> {
  const [name = ""] = graph.assets.keys()
  const asset = graph.assets.get(name)
  const run = `${name} ${JSON.stringify(asset?.partitions)} ${partition}`
  const materialization = buildMaterialization({ asset: name, partition, file: run })
  await withRun(
    url(),
    run,
    ({ ledger }) =>
      ledger.recordStep(buildStep(run, { materializations: [materialization], reads: [] })),
    { graph },
  )
}

/** The materialized partitions in a snapshot and in the records, which must be the same. */
async function listMaterialized(graph: ReturnType<typeof declare>): Promise<readonly number[]> {
  const [asset = ""] = graph.assets.keys()
  const snapshot = await readSnapshot(client(), graph)
  const inHistory = listHistory(snapshot, asset)
  const range = { from: -Infinity, to: Infinity }
  const records = await readMaterializations(client(), await readLedgerNames(client(), graph), [
    { asset, range },
  ])
  expect(records.map(({ partition }) => partition).toSorted((a, b) => a - b)).toEqual(inHistory)
  return inHistory
}

function listHistory({ histories }: LedgerSnapshot, computation: string): readonly number[] {
  const history = histories.get(computation)
  return [...(history?.versionIndex ?? [])].flatMap((version, at) =>
    version === 0 ? [] : [at + (history?.from ?? 0)],
  )
}

describe("materializations belong to the definition of partitions that they were recorded with", () => {
  test("and are found again when it is declared again", async () => {
    await record(declare("a", days), 5)
    expect(await listMaterialized(declare("a", months))).toEqual([])
    await record(declare("a", months), 5)
    await record(declare("a", months), 6)
    await record(declare("a", localDays), -3)
    expect(await listMaterialized(declare("a", days))).toEqual([5])
    expect(await listMaterialized(declare("a", months))).toEqual([5, 6])
    expect(await listMaterialized(declare("a", localDays))).toEqual([-3])
    expect(await listMaterialized(declare("a", daily({ start: "2000-01-01" })))).toEqual([5])
  })

  test("by key for static partitions, at any position in the list", async () => {
    await record(declare("b", unpartitioned), 0)
    await record(declare("b", staticKeys(["eu", "us"])), 1)
    expect(await listMaterialized(declare("b", staticKeys(["us", "eu"])))).toEqual([0])
    expect(await listMaterialized(declare("b", staticKeys(["eu", "asia"])))).toEqual([])
    expect(await listMaterialized(declare("b", unpartitioned))).toEqual([0])
  })

  test("under previous names too", async () => {
    await record(declare("c", days), 7)
    await record(declare("c", months), 8)
    const previousNames = ["c"]
    await record(declare("d", months, { previousNames }), 9)
    expect(await listMaterialized(declare("d", months, { previousNames }))).toEqual([8, 9])
    expect(await listMaterialized(declare("d", days, { previousNames }))).toEqual([7])
  })
})

test("a ledger without definitions belongs to the definitions that its next run finds declared", async () => {
  await record(declare("e", days), 5)
  await client().query(
    "update freshet.declared_assets set first_partitions = null, partitions = null where name = 'e'",
  )
  expect(await listMaterialized(declare("e", days))).toEqual([5])
  await record(declare("e", days), 6)
  expect(await listMaterialized(declare("e", months))).toEqual([])
  expect(await listMaterialized(declare("e", days))).toEqual([5, 6])
})
