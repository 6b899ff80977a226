import { type StepRecord, staticKeys } from "@freshet/core"
import { expect, test } from "vitest"

import { findForgettable, findReaders, forgetAllOf } from "../../src/ledger/forgettable.ts"
import { asset, graphOf, ledgerDatabase, materialization, step } from "./ledger-database.ts"
import { withRun } from "./ledger-database.ts"

const { url, client } = ledgerDatabase()
const before = graphOf(asset("named"), asset("reader"))
const graph = graphOf(
  asset("renamed", { formerly: ["named"] }),
  asset("reader"),
  asset("cut", { partitions: staticKeys(["c", "a", "b"]) }),
)

function made(of: string, partition: number, data: string, changes: Partial<StepRecord> = {}) {
  const inputVersion = `${of} ${partition} ${data}`
  const file = `${of}/${partition}/${data}`
  const one = materialization({ asset: of, partition, inputVersion, dataVersion: data, file })
  return step("forgets", { materializations: [one], reads: [], ...changes })
}

async function record(of: typeof graph, records: readonly StepRecord[]): Promise<void> {
  const run = `forgets ${of.assets.size} ${records.length}`
  await withRun(
    url(),
    run,
    async ({ ledger, client: own }) => {
      await own.query(
        "insert into freshet.runs (id, command, steps, host, pid) values ('forgets', '', 1, '', 1) on conflict do nothing",
      )
      for (const each of records) await ledger.recordStep(each)
    },
    { graph: of },
  )
}

const wanted = (from: number, to: number, name = "renamed") => [
  { asset: name, range: { from, to } },
]

test("what is kept under a former name is found, forgotten, and those that read it are named", async () => {
  const versions = [[2, "n2"]] as const
  const reads = [{ relation: "named", asset: "named", short: false, versions }]
  await record(before, [
    made("named", 1, "n1"),
    made("named", 2, "n2"),
    made("named", 5, "n5"),
    made("reader", 2, "r2", { reads }),
    made("reader", 3, "r3"),
  ])
  await record(graph, [made("renamed", 2, "m2")])
  expect(await findForgettable(client(), graph, wanted(-Infinity, Infinity))).toMatchObject({
    materializations: 4,
    files: 4,
    partitions: [
      { from: 1, to: 2 },
      { from: 5, to: 5 },
    ],
  })
  expect(await findReaders(client(), graph, wanted(2, 2))).toEqual(
    new Map([["reader", [{ from: 2, to: 2 }]]]),
  )
  expect(await findReaders(client(), graph, wanted(1, 1))).toEqual(new Map())
  await expect(forgetAllOf(client(), graph, wanted(1, 2))).rejects.toMatchObject({ code: "ledger" })
  await withRun(
    url(),
    "forgetting",
    async (run) => {
      expect(await forgetAllOf(run.client, graph, wanted(7, 9))).toBe(0)
      expect(await forgetAllOf(run.client, graph, wanted(1, 2))).toBe(3)
    },
    { graph },
  )
  expect(await findForgettable(client(), graph, wanted(-Infinity, Infinity))).toMatchObject({
    materializations: 1,
    partitions: [{ from: 5, to: 5 }],
  })
})

test("keys of a set are found by their places, whatever their numbers in the ledger", async () => {
  await record(graph, [made("cut", 0, "c"), made("cut", 2, "b")])
  const reordered = graphOf(asset("cut", { partitions: staticKeys(["b", "new", "a", "c"]) }))
  expect(
    await findForgettable(client(), reordered, wanted(-Infinity, Infinity, "cut")),
  ).toMatchObject({
    materializations: 2,
    partitions: [
      { from: 0, to: 0 },
      { from: 3, to: 3 },
    ],
  })
  expect(await findForgettable(client(), reordered, wanted(1, 2, "cut"))).toEqual({
    materializations: 0,
    partitions: [],
    files: 0,
    bytes: 0,
  })
})
