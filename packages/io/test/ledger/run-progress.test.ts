import type { Asset } from "@freshet/core"
import { expect, test } from "vitest"

import { requestCancel } from "../../src/ledger/cancel.ts"
import { readLedgerNames } from "../../src/ledger/ledger-names.ts"
import { readPredictions } from "../../src/ledger/predictions.ts"
import { readRunProgress } from "../../src/ledger/run-progress.ts"
import { findRuns } from "../../src/ledger/runs.ts"
import {
  testAsset,
  buildTestGraph,
  openLedgerDatabase,
  buildMaterialization,
  testOutputs,
} from "./ledger-database.ts"
import { buildStep, withRun } from "./ledger-database.ts"

const { url, client } = openLedgerDatabase()
const cut = (name: string, keys: readonly string[]): Asset =>
  testAsset(name, { partitions: { kind: "static", keys } as never })

function buildDayStep(run: string, name: string, partition: number, rows = 10) {
  const materializations = [
    buildMaterialization({ asset: name, partition, rows, bytes: rows * 100 }),
  ]
  return buildStep(run, { materializations })
}

test("a run's progress has planned partitions and outcomes as ranges", async () => {
  const graph = buildTestGraph(
    testAsset("upstream"),
    testAsset("downstream"),
    cut("lands", ["fr", "de", "it"]),
  )
  const work = {
    downstream: [{ from: 1, to: 4 }],
    upstream: [
      { from: 1, to: 2 },
      { from: 3, to: 9 },
    ],
    lands: [{ from: 1, to: 2 }],
  }
  await withRun(
    url(),
    "progress",
    async ({ ledger }) => {
      for (const partition of [3, 1, 2, 5])
        await ledger.recordStep(buildDayStep("progress", "upstream", partition))
      await ledger.recordStep(buildDayStep("progress", "lands", 2))
      const failed = { kind: "failed", message: "no", hint: undefined } as const
      for (const outcome of [failed, { kind: "materialized" } as const, failed])
        await ledger.recordStep({ ...buildDayStep("progress", "upstream", 4), outcome })
    },
    { graph, work },
  )
  const today = buildTestGraph(
    testAsset("upstream"),
    testAsset("downstream"),
    cut("lands", ["it", "fr", "de"]),
  )
  expect([
    ...(await readRunProgress(client(), await readLedgerNames(client(), today), "progress"))!,
  ]).toEqual([
    [
      "upstream",
      {
        planned: [{ from: 1, to: 9 }],
        partitionsByOutcome: {
          materialized: [
            { from: 1, to: 3 },
            { from: 5, to: 5 },
          ],
          failed: [{ from: 4, to: 4 }],
        },
      },
    ],
    ["downstream", { planned: [{ from: 1, to: 4 }], partitionsByOutcome: {} }],
    [
      "lands",
      {
        planned: [
          { from: 0, to: 0 },
          { from: 2, to: 2 },
        ],
        partitionsByOutcome: { materialized: [{ from: 0, to: 0 }] },
      },
    ],
  ])
  expect(
    await readRunProgress(client(), await readLedgerNames(client(), today), "no such run"),
  ).toBeUndefined()
})

test("another process asks a run to stop, and only a run that is under way can be asked", async () => {
  let asked = 0
  let told = () => {}
  const cancelled = new Promise<void>((resolve) => (told = resolve))
  const onCancel = () => {
    asked += 1
    told()
  }
  expect(await requestCancel(client(), "to cancel")).toBe(false)
  await withRun(url(), "not to cancel", async () => {})
  await withRun(
    url(),
    "to cancel",
    async ({ ledger }) => {
      expect(await requestCancel(client(), "not to cancel")).toBe(false)
      expect(asked).toBe(0)
      expect(await requestCancel(client(), "to cancel")).toBe(true)
      await cancelled
      const [run] = await findRuns(client(), "to cancel")
      expect(run?.cancelRequestedMs).toBeGreaterThan(run?.startedMs ?? Infinity)
      await ledger.endRun({ id: "to cancel", outcome: "interrupted" })
    },
    { onCancel },
  )
  expect(await requestCancel(client(), "to cancel")).toBe(false)
  expect(asked).toBe(1)
})

test("a killed run is distinguished from an active one", async () => {
  const outcome = async (id: string) => (await findRuns(client(), id))[0]?.outcome
  await withRun(url(), "dies", async () => {
    expect(await outcome("dies")).toBeUndefined()
  })
  expect(await outcome("dies")).toBe("killed")
  expect(await requestCancel(client(), "dies")).toBe(false)
  await withRun(url(), "lives", async ({ ledger }) => {
    await client().query("update freshet.runs set outcome = null where id = 'dies'")
    expect([await outcome("dies"), await outcome("lives")]).toEqual(["killed", undefined])
    await ledger.endRun({ id: "lives", outcome: "succeeded" })
  })
  expect(await outcome("lives")).toBe("succeeded")
})

test("predictions are the median and the 90th percentile of the newest twenty materializations", async () => {
  const before = buildTestGraph(testAsset("was"))
  const now = buildTestGraph(
    testAsset("is", { previousNames: ["was"] }),
    ...testOutputs("pair", ["pa", "pb"]),
    testAsset("no"),
  )
  await withRun(
    url(),
    "predict",
    async ({ ledger }) => {
      for (let partition = 1; partition <= 15; partition += 1)
        await ledger.recordStep(buildDayStep("predict", "was", partition, 1_000_000))
    },
    { graph: before },
  )
  await withRun(
    url(),
    "predict again",
    async ({ ledger }) => {
      for (let partition = 1; partition <= 19; partition += 1)
        await ledger.recordStep(buildDayStep("predict again", "is", partition, partition))
      await ledger.recordStep({
        ...buildDayStep("predict again", "is", 1),
        outcome: { kind: "unchanged" },
      })
      const materializations = ["pa", "pb"].map((name) =>
        buildMaterialization({ asset: name, rows: 3, bytes: 5 }),
      )
      await ledger.recordStep(buildStep("predict again", { computation: "pair", materializations }))
    },
    { graph: now },
  )
  const predictions = await readPredictions(client(), await readLedgerNames(client(), now), [
    "is",
    "pair",
    "no",
    "unknown",
  ])
  expect([...predictions.keys()].toSorted()).toEqual(["is", "pair"])
  const { steps, rows, bytes, milliseconds } = predictions.get("is")!
  expect(steps).toBe(20)
  expect(rows.median).toBe(10.5)
  expect(rows.p90).toBeCloseTo(18.1)
  expect(bytes.median).toBe(1050)
  expect(milliseconds).toEqual({ median: 250, p90: 250 })
  expect(predictions.get("pair")).toMatchObject({
    steps: 1,
    rows: { median: 6, p90: 6 },
    bytes: { median: 10, p90: 10 },
  })
})

test("predictions for an asset read none of the steps of another that had all when statistics were taken", async () => {
  const graph = buildTestGraph(testAsset("small"))
  await withRun(
    url(),
    "small",
    async ({ ledger }) => {
      await client().query("truncate freshet.steps cascade")
      await client().query(`
        insert into freshet.steps (
          run, computation, partition, input_version, fingerprint, outcome, reads, rows, bytes, started_at, ended_at
        )
        select 'small', 'large', number, '', '', 'materialized', '[]', 1, 100, now(), now()
        from generate_series(1, 20000) as number`)
      await client().query("analyze freshet.steps")
      await ledger.recordStep(buildDayStep("small", "small", 1))
    },
    { graph },
  )
  const before = await countReadIndexEntries()
  const predictions = await readPredictions(client(), await readLedgerNames(client(), graph), [
    "small",
  ])
  expect(predictions.get("small")).toMatchObject({ steps: 1 })
  expect((await countReadIndexEntries()) - before).toBeLessThan(100)
})

async function countReadIndexEntries(): Promise<number> {
  await client().query("select pg_stat_force_next_flush()")
  const { rows } = await client().query<{ entries: string }>(
    "select sum(idx_tup_read) as entries from pg_stat_user_indexes where relname = 'steps'",
  )
  return Number(rows[0]?.entries)
}
