import { staticKeys } from "@freshet/core"
import type { StepRecord } from "@freshet/core/engine"
import { expect, test } from "vitest"

import { readLedgerNames } from "../../src/ledger/ledger-names.ts"
import { findWipeable, findReaders, wipePartitions } from "../../src/ledger/wipeable.ts"
import {
  testAsset,
  buildTestGraph,
  openLedgerDatabase,
  buildMaterialization,
  buildStep,
} from "./ledger-database.ts"
import { withRun } from "./ledger-database.ts"

const { url, client } = openLedgerDatabase()
const before = buildTestGraph(testAsset("named"), testAsset("reader"))
const graph = buildTestGraph(
  testAsset("renamed", { previousNames: ["named"] }),
  testAsset("reader"),
  testAsset("cut", { partitions: staticKeys(["c", "a", "b"]) }),
)

function buildDayStep(
  of: string,
  partition: number,
  data: string,
  changes: Partial<StepRecord> = {},
) {
  const inputVersion = `${of} ${partition} ${data}`
  const file = `${of}/${partition}/${data}`
  const one = buildMaterialization({ asset: of, partition, inputVersion, dataVersion: data, file })
  return buildStep("forgets", { materializations: [one], reads: [], ...changes })
}

async function recordAll(of: typeof graph, records: readonly StepRecord[]): Promise<void> {
  const run = `forgets ${of.assets.size} ${records.length}`
  await withRun(
    url(),
    run,
    async ({ ledger, client: connection }) => {
      await connection.query(
        "insert into freshet.runs (id, command, steps, host, pid) values ('forgets', '', 1, '', 1) on conflict (id) do update set outcome = null",
      )
      for (const stepRecord of records) await ledger.recordStep(stepRecord)
    },
    { graph: of },
  )
}

const wanted = (from: number, to: number, name = "renamed") => [
  { asset: name, range: { from, to } },
]

test("materializations under a previous name are found and wiped, and their readers are listed", async () => {
  const versions = [[2, "n2"]] as const
  const reads = [{ relation: "named", asset: "named", short: false, versions }]
  await recordAll(before, [
    buildDayStep("named", 1, "n1"),
    buildDayStep("named", 2, "n2"),
    buildDayStep("named", 5, "n5"),
    buildDayStep("reader", 2, "r2", { reads }),
    buildDayStep("reader", 3, "r3"),
  ])
  await recordAll(graph, [buildDayStep("renamed", 2, "m2")])
  const names = await readLedgerNames(client(), graph)
  expect(await findWipeable(client(), names, wanted(-Infinity, Infinity))).toMatchObject({
    materializations: 4,
    files: 4,
    partitions: [
      { from: 1, to: 2 },
      { from: 5, to: 5 },
    ],
  })
  expect(await findReaders(client(), names, wanted(2, 2))).toEqual(
    new Map([["reader", [{ from: 2, to: 2 }]]]),
  )
  expect(await findReaders(client(), names, wanted(1, 1))).toEqual(new Map())
  await expect(wipePartitions(client(), names, wanted(1, 2))).rejects.toMatchObject({
    code: "ledger",
  })
  await withRun(
    url(),
    "forgetting",
    async (run) => {
      expect(await wipePartitions(run.client, names, wanted(7, 9))).toBe(0)
      expect(await wipePartitions(run.client, names, wanted(1, 2))).toBe(3)
    },
    { graph },
  )
  expect(await findWipeable(client(), names, wanted(-Infinity, Infinity))).toMatchObject({
    materializations: 1,
    partitions: [{ from: 5, to: 5 }],
  })
})

test("static partitions are found by their positions, independent of their numbers in the ledger", async () => {
  await recordAll(graph, [buildDayStep("cut", 0, "c"), buildDayStep("cut", 2, "b")])
  const reordered = buildTestGraph(
    testAsset("cut", { partitions: staticKeys(["b", "new", "a", "c"]) }),
  )
  expect(
    await findWipeable(
      client(),
      await readLedgerNames(client(), reordered),
      wanted(-Infinity, Infinity, "cut"),
    ),
  ).toMatchObject({
    materializations: 2,
    partitions: [
      { from: 0, to: 0 },
      { from: 3, to: 3 },
    ],
  })
  expect(
    await findWipeable(client(), await readLedgerNames(client(), reordered), wanted(1, 2, "cut")),
  ).toEqual({
    materializations: 0,
    partitions: [],
    files: 0,
    bytes: 0,
  })
})
