import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import {
  computeFingerprint,
  differenceAt,
  fingerprintContent,
  formatFingerprint,
  type Graph,
  type LedgerSnapshot,
  type MaterializationHistory,
  parseFingerprint,
  type StepRecord,
} from "@freshet/core/engine"
import fc from "fast-check"
import { afterAll, expect, test } from "vitest"

import { wipeMaterializations } from "../../src/ledger/garbage.ts"
import { readLedgerNames } from "../../src/ledger/ledger-names.ts"
import { readMaterializations } from "../../src/ledger/read-materializations.ts"
import { readSnapshot } from "../../src/ledger/snapshot.ts"
import { readStateFile } from "../../src/ledger/state-file.ts"
import {
  testAsset,
  buildTestGraph,
  openLedgerDatabase,
  buildMaterialization,
  testOutputs,
} from "./ledger-database.ts"
import { buildStep, withRun } from "./ledger-database.ts"

const { url, client } = openLedgerDatabase()
const folder = mkdtempSync(join(tmpdir(), "freshet-timelines-"))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
const newStateFile = () => join(folder, `${(files += 1)}.state`)

/** Converts a materialization history to plain values, partition by partition. */
function toPlainHistory({
  from,
  length,
  versionIndex,
  inputs,
  sums,
  versions,
  earlier,
}: MaterializationHistory) {
  const at = (lanes: MaterializationHistory["inputs"], index: number) => [
    lanes.low[index],
    lanes.high[index],
  ]
  const content = (lanes: MaterializationHistory["inputs"], index: number) => {
    const { low, high } = differenceAt(lanes, index)
    return [low, high]
  }
  return Array.from({ length }, (_, index) => ({
    partition: from + index,
    version: versions[(versionIndex[index] ?? 0) - 1],
    inputs: (versionIndex[index] ?? 0) === 0 ? undefined : at(inputs, index),
    outputs:
      (versionIndex[index] ?? 0) === 0 ? undefined : sums.map((lanes) => content(lanes, index)),
    earlier: earlier.get(from + index),
  })).filter(({ version }) => version !== undefined)
}

/** Counts the versions of each history. */
const countVersions = ({ histories }: LedgerSnapshot) =>
  [...histories.values()].map(({ versions }) => versions.length)

const toPlainHistories = ({ histories }: LedgerSnapshot) =>
  Object.fromEntries([...histories].map(([name, history]) => [name, toPlainHistory(history)]))

/** One step that makes all outputs of a computation from one input. */
function buildComputationStep(
  run: string,
  computation: string,
  assets: readonly string[],
  changes: { readonly partition: number; readonly input: string; readonly data?: string },
): StepRecord {
  const { partition, input, data = `data of ${input}` } = changes
  const materializations = assets.map((asset) =>
    buildMaterialization({
      asset,
      partition,
      inputVersion: input,
      dataVersion: `${asset}: ${data}`,
    }),
  )
  const checkVersions = Object.fromEntries(assets.map((name) => [name, `checks of ${name}`]))
  return buildStep(run, { computation, materializations, checkVersions })
}

test("a history has inputs, content and earlier materializations of each partition", async () => {
  const graph = buildTestGraph(testAsset("plain"))
  await withRun(url(), "plain", async ({ ledger }) => {
    for (const [partition, input] of [
      [5, "one"],
      [3, "one"],
      [5, "two"],
      [5, "three"],
    ] as const)
      await ledger.recordStep(
        buildComputationStep("plain", "plain", ["plain"], { partition, input }),
      )
  })
  const history = (await readSnapshot(client(), graph)).histories.get("plain")!
  expect([history.from, history.length, [...history.versionIndex]]).toEqual([3, 3, [1, 0, 1]])
  const version = {
    codeVersion: "code 1",
    checks: [{ version: "checks of plain", failedErrors: 0, failedWarnings: 0 }],
  }
  const content = (partition: number, input: string) =>
    fingerprintContent(partition, `plain: data of ${input}`)
  expect(history.versions).toEqual([version])
  expect(history.inputs.low[2]).toBe(computeFingerprint("three").low)
  expect(differenceAt(history.sums[0]!, 2)).toEqual(content(5, "three"))
  const earlier = ["two", "one"].map((input) => ({
    input: computeFingerprint(input),
    outputs: [content(5, input)],
    version,
  }))
  expect([...history.earlier]).toEqual([[5, earlier]])
  expect(history.earlier.size).toBe(1)
  expect(history.earlier.has(3)).toBe(false)
})

test("an asset without materializations has an empty history", async () => {
  const { histories } = await readSnapshot(client(), buildTestGraph(testAsset("never")))
  expect(histories.get("never")).toMatchObject({ from: 0, length: 0, versions: [] })
})

test("a materialization counts only with all outputs of its computation", async () => {
  const graph = buildTestGraph(...testOutputs("both", ["left", "right"]))
  await withRun(url(), "both", async ({ ledger }) => {
    const both = ["left", "right"]
    await ledger.recordStep(
      buildComputationStep("both", "both", both, { partition: 1, input: "whole" }),
    )
    await ledger.recordStep(
      buildComputationStep("both", "both", ["left"], { partition: 1, input: "half" }),
    )
    await ledger.recordStep(
      buildComputationStep("both", "both", ["right"], { partition: 2, input: "half" }),
    )
  })
  const { both } = toPlainHistories(await readSnapshot(client(), graph))
  expect(both).toHaveLength(1)
  expect(both![0]).toMatchObject({ partition: 1, earlier: undefined })
  expect(both![0]!.inputs![0]).toBe(computeFingerprint("whole").low)
  expect(both![0]!.version!.checks.map(({ version }) => version)).toEqual([
    "checks of left",
    "checks of right",
  ])
})

test("a materialization under a previous name belongs to the asset, and can be reused", async () => {
  const before = buildTestGraph(testAsset("old_name"))
  const after = buildTestGraph(
    testAsset("new_name", { previousNames: ["oldest_name", "old_name"] }),
  )
  const stateFile = newStateFile()
  await withRun(url(), "before", async ({ ledger }) => {
    await ledger.recordStep(
      buildComputationStep("before", "old_name", ["old_name"], { partition: 1, input: "a" }),
    )
    await ledger.recordStep(
      buildComputationStep("before", "old_name", ["old_name"], { partition: 1, input: "b" }),
    )
    await ledger.recordStep(
      buildStep("before", {
        computation: "old_name",
        materializations: [],
        partition: 2,
        outcome: { kind: "failed", message: "no", hint: undefined },
      }),
    )
  })
  const past = (await readSnapshot(client(), before)).histories.get("old_name")!
  const now = await readSnapshot(client(), after, { stateFile })
  expect(toPlainHistory(now.histories.get("new_name")!)).toEqual(toPlainHistory(past))
  expect(now.failures.get("new_name")?.get(2)?.message).toBe("no")

  await withRun(
    url(),
    "after",
    async ({ ledger }) => {
      const again = buildComputationStep("after", "new_name", ["new_name"], {
        partition: 1,
        input: "a",
      })
      await ledger.recordStep({ ...again, outcome: { kind: "reused" } })
      await ledger.recordStep(
        buildComputationStep("after", "new_name", ["new_name"], {
          partition: 2,
          input: "c",
          data: "x",
        }),
      )
      const wanted = [{ asset: "new_name", range: { from: 1, to: 2 } }]
      const recorded = await ledger.readMaterializations(wanted)
      expect(
        recorded.map((record) => [record.asset, record.partition, record.inputVersion]),
      ).toEqual([
        ["new_name", 1, "b"],
        ["new_name", 1, "a"],
        ["new_name", 2, "c"],
      ])
    },
    { graph: after },
  )
  const tail = await readSnapshot(client(), after, { stateFile })
  expect(toPlainHistories(tail)).toEqual(toPlainHistories(await readSnapshot(client(), after)))
  expect(toPlainHistory(tail.histories.get("new_name")!)[0]!.inputs![0]).toBe(
    computeFingerprint("a").low,
  )
  expect(tail.failures.get("new_name")).toBeUndefined()
})

test("an asset that swapped its name does not have the records of the removed other asset", async () => {
  const raw = [testAsset("swap_a"), testAsset("swap_b")]
  const swapped = [
    testAsset("swap_a", { previousNames: ["swap_b"] }),
    testAsset("swap_b", { previousNames: ["swap_a"] }),
  ] as const
  const record = (run: string, graph: Graph) =>
    withRun(
      url(),
      run,
      async ({ ledger }) => {
        for (const [partition, name] of ["swap_a", "swap_b"].entries())
          await ledger.recordStep(
            buildComputationStep(run, name, [name], { partition, input: `${run} ${name}` }),
          )
      },
      { graph },
    )
  await record("before the swap", buildTestGraph(...raw))
  await record("after the swap", buildTestGraph(...swapped))
  const remaining = buildTestGraph(swapped[0])
  const names = await readLedgerNames(client(), remaining)
  const wanted = [{ asset: "swap_a", range: { from: 0, to: 1 } }]
  const records = await readMaterializations(client(), names, wanted)
  expect(records.map(({ partition, inputVersion }) => [partition, inputVersion])).toEqual([
    [1, "before the swap swap_b"],
    [0, "after the swap swap_a"],
  ])
})

test("of equal materializations under two names the newest name counts", async () => {
  const graph = buildTestGraph(testAsset("named", { previousNames: ["unnamed"] }))
  await withRun(url(), "names", async ({ ledger }) => {
    for (const name of ["named", "unnamed"])
      await ledger.recordStep(
        buildComputationStep("names", name, [name], { partition: 1, input: "same" }),
      )
  })
  const { named: materializations } = toPlainHistories(await readSnapshot(client(), graph))
  const content = fingerprintContent(1, "named: data of same")
  expect(materializations).toMatchObject([
    { outputs: [[content.low, content.high]], earlier: undefined },
  ])
  const wanted = [{ asset: "named", range: { from: -Infinity, to: Infinity } }]
  const recorded = await readMaterializations(
    client(),
    await readLedgerNames(client(), graph),
    wanted,
  )
  expect(recorded.map(({ dataVersion }) => dataVersion)).toEqual(["named: data of same"])
  const both = buildTestGraph(
    testAsset("named", { previousNames: ["unnamed"] }),
    testAsset("unnamed"),
  )
  const apart = toPlainHistories(await readSnapshot(client(), both))
  expect(Object.keys(apart)).toEqual(["named", "unnamed"])
  expect(apart["unnamed"]).toHaveLength(1)
})

test("a partition of a set keeps its past when keys are added, removed or put in another order", async () => {
  const cut = (...keys: readonly string[]) =>
    buildTestGraph(testAsset("by_land", { partitions: { kind: "static", keys } as never }))
  const stateFile = newStateFile()
  await withRun(
    url(),
    "static",
    async ({ ledger }) => {
      const reads = [
        { relation: "by_land", asset: "by_land", short: false, versions: [[1, "v"]] as const },
      ]
      for (const partition of [0, 1]) {
        const record = buildComputationStep("static", "by_land", ["by_land"], {
          partition,
          input: `${partition}`,
        })
        await ledger.recordStep({ ...record, reads })
      }
    },
    { graph: cut("fr", "de") },
  )
  const first = await readSnapshot(client(), cut("fr", "de"), { stateFile })
  expect(first.histories.get("by_land")!.length).toBe(2)
  const turned = toPlainHistories(
    await readSnapshot(client(), cut("de", "it", "fr"), { stateFile }),
  )
  const [de, fr] = turned["by_land"]!
  expect([de!.partition, fr!.partition]).toEqual([0, 2])
  expect(de!.inputs![0]).toBe(computeFingerprint("1").low)
  expect(fr!.outputs![0]![0]).toBe(fingerprintContent("fr", "by_land: data of 0").low)
  const fewer = toPlainHistories(await readSnapshot(client(), cut("it", "fr"), { stateFile }))
  expect(fewer["by_land"]!.map(({ partition }) => partition)).toEqual([1])
  const wanted = [{ asset: "by_land", range: { from: 0, to: 2 } }]
  const recorded = await readMaterializations(
    client(),
    await readLedgerNames(client(), cut("de", "it", "fr")),
    wanted,
  )
  expect(recorded.map(({ partition }) => partition)).toEqual([2, 0])
})

/** The changes of a ledger between two readings. */
const happening = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom("materialized", "reused", "checked", "unchanged"),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("forget" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("half" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("failed" as const) }) },
)
const event = fc.record({
  happens: happening,
  pair: fc.boolean(),
  partition: fc.integer({ min: -2, max: 4 }),
  input: fc.constantFrom("a", "b", "c"),
  data: fc.constantFrom("x", "y"),
  read: fc.boolean(),
  write: fc.boolean(),
})

async function happen(
  graph: Graph,
  run: string,
  { happens, pair, partition, input, data }: typeof event extends fc.Arbitrary<infer E> ? E : never,
): Promise<void> {
  const [computation, assets] = pair
    ? ([`${run}_pair`, [`${run}_a`, `${run}_b`]] as const)
    : ([`${run}_one`, [`${run}_one`]] as const)
  await withRun(
    url(),
    `${run} ${(files += 1)}`,
    async ({ ledger, client }) => {
      if (happens.kind === "forget") {
        const records = await readMaterializations(client, await readLedgerNames(client, graph), [
          { asset: assets[0], range: { from: partition - 1, to: partition + 1 } },
        ])
        const gone = data === "x" ? records.slice(0, 1) : records
        await wipeMaterializations(
          client,
          gone.map(({ id }) => id),
        )
        return
      }
      const half = happens.kind === "half" ? assets.slice(0, 1) : assets
      const record = buildComputationStep(`${run} ${files}`, computation, half, {
        partition,
        input,
        data,
      })
      const { kind } = happens
      const failed = { kind: "failed", message: "", hint: undefined } as const
      const outcome = kind === "half" ? "materialized" : kind
      const checkVersions = Object.fromEntries(half.map((name) => [name, `checks ${data}`]))
      await ledger.recordStep({
        ...record,
        checkVersions,
        fingerprint:
          data === "x" ? record.fingerprint : formatFingerprint(computeFingerprint(`${input}!`)),
        outcome: outcome === "failed" ? failed : { kind: outcome },
      })
    },
    { graph },
  )
}

/** Builds the expected history of each asset from the ledger's rows. */
async function buildExpected(assets: readonly string[]) {
  const { rows } = await client().query<{ asset: string; partition: number; input: string } & Row>(
    `select asset, partition, input_version as input, fingerprint, data_version, check_version
     from freshet.materializations where asset = any($1) order by seq`,
    [assets],
  )
  const partitions = [...new Set(rows.map(({ partition }) => partition))].toSorted((a, b) => a - b)
  return partitions.flatMap((partition) => {
    const partitionRows = rows.filter((row) => row.partition === partition)
    const inputs = [...new Set(partitionRows.toReversed().map(({ input }) => input))]
    const completeEntries = inputs
      .map((input) =>
        assets.map((asset) => partitionRows.find((r) => r.asset === asset && r.input === input)),
      )
      .filter((outputs) => outputs.every((output) => output !== undefined))
      .map((outputs) => toExpectedEntry(partition, outputs as Row[]))
    const [newest, ...earlier] = completeEntries
    if (newest === undefined) return []
    const lanes = ({ low, high }: { low: number; high: number }) => [low, high]
    const { version, input, outputs } = newest
    return {
      partition,
      version,
      inputs: lanes(input),
      outputs: outputs.map(lanes),
      earlier: earlier.length === 0 ? undefined : earlier,
    }
  })
}

interface Row {
  readonly fingerprint: string
  readonly data_version: string
  readonly check_version: string
}

function toExpectedEntry(partition: number, rows: readonly Row[]) {
  const checks = rows.map((row) => ({
    version: row.check_version,
    failedErrors: 0,
    failedWarnings: 0,
  }))
  return {
    input: parseFingerprint(rows[0]!.fingerprint),
    outputs: rows.map((row) => fingerprintContent(partition, row.data_version)),
    version: { codeVersion: "code 1", checks },
  }
}

test("a state file and later records give the same snapshot as the whole ledger", async () => {
  let runs = 0
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 12 }), async (events) => {
      const run = `p${(runs += 1)}`
      const graph = buildTestGraph(
        testAsset(`${run}_one`),
        ...testOutputs(`${run}_pair`, [`${run}_a`, `${run}_b`]),
      )
      const stateFile = newStateFile()
      for (const each of events) {
        await happen(graph, run, each)
        if (each.write) rmSync(stateFile, { force: true })
        if (!each.read) continue
        const warm = await readSnapshot(client(), graph, { stateFile })
        const cold = await readSnapshot(client(), graph)
        expect(toPlainHistories(warm)).toEqual(toPlainHistories(cold))
        expect(warm.version).toBe(cold.version)
        expect(countVersions(warm)).toEqual(countVersions(cold))
        expect(toPlainHistories(warm)).toEqual({
          [`${run}_one`]: await buildExpected([`${run}_one`]),
          [`${run}_pair`]: await buildExpected([`${run}_a`, `${run}_b`]),
        })
      }
    }),
    { numRuns: 20 },
  )
})

test("a state file is updated with wipes, and the ledger is read whole only if they are not recorded", async () => {
  const graph = buildTestGraph(testAsset("fading"), testAsset("gone"))
  const stateFile = newStateFile()
  await withRun(url(), "fading", async ({ ledger }) => {
    for (const partition of [1, 2, 3, 4])
      await ledger.recordStep(
        buildComputationStep("fading", "fading", ["fading"], { partition, input: "a" }),
      )
    await ledger.recordStep(
      buildComputationStep("fading", "gone", ["gone"], { partition: 1, input: "a" }),
    )
  })
  const partitions = async (options = { stateFile }) =>
    Object.entries(toPlainHistories(await readSnapshot(client(), graph, options))).map(
      ([name, retainedPartitions]) => [name, retainedPartitions.map(({ partition }) => partition)],
    )
  const forget = (name: string, from: number, to: number) =>
    withRun(url(), `forget ${(files += 1)}`, async ({ client }) => {
      const records = await readMaterializations(client, await readLedgerNames(client, graph), [
        { asset: name, range: { from, to } },
      ])
      await wipeMaterializations(
        client,
        records.map(({ id }) => id),
      )
    })
  await forget("fading", 4, 4)
  await partitions()
  const written = readFileSync(stateFile)
  await forget("fading", 2, 3)
  await forget("gone", 1, 1)
  const left = [
    ["fading", [1]],
    ["gone", []],
  ]
  expect(await partitions()).toEqual(left)
  expect(readFileSync(stateFile)).toEqual(written)

  const untold = [
    "update freshet.wipes set identity = gen_random_uuid()",
    "delete from freshet.wipes",
  ]
  for (const change of untold) {
    await partitions()
    await forget("fading", 1, 1)
    const before = readFileSync(stateFile)
    await client().query(change)
    expect(await partitions()).toEqual([
      ["fading", []],
      ["gone", []],
    ])
    expect(readFileSync(stateFile)).not.toEqual(before)
    await withRun(url(), `again ${change}`, ({ ledger }) =>
      ledger.recordStep(
        buildComputationStep(`again ${change}`, "fading", ["fading"], { partition: 1, input: "a" }),
      ),
    )
  }
})

test("a state file that is damaged, foreign or of another epoch is not believed", async () => {
  const graph = buildTestGraph(testAsset("guarded"))
  const stateFile = newStateFile()
  const record = (run: string, partition: number) =>
    withRun(url(), run, ({ ledger }) =>
      ledger.recordStep(
        buildComputationStep(run, "guarded", ["guarded"], { partition, input: run }),
      ),
    )
  await record("guarded 1", 1)
  const truth = toPlainHistories(await readSnapshot(client(), graph, { stateFile }))
  const whole = readFileSync(stateFile)
  expect(readStateFile(stateFile)?.histories.get("guarded")?.versionIndex).toEqual(
    Uint16Array.of(1),
  )
  for (let at = 0; at < whole.length; at += 1) {
    const damaged = Buffer.from(whole)
    damaged[at]! ^= 0x10
    writeFileSync(stateFile, damaged)
    expect(readStateFile(stateFile)).toBeUndefined()
  }
  for (const length of [0, 7, 24, whole.length - 1]) {
    writeFileSync(stateFile, whole.subarray(0, length))
    expect(readStateFile(stateFile)).toBeUndefined()
  }
  expect(toPlainHistories(await readSnapshot(client(), graph, { stateFile }))).toEqual(truth)
  expect(readFileSync(stateFile)).toEqual(whole)

  await client().query(
    "update freshet.materializations set data_version = 'z' where asset = 'guarded'",
  )
  expect(toPlainHistories(await readSnapshot(client(), graph, { stateFile }))).toEqual(truth)
  const changed = toPlainHistories(await readSnapshot(client(), graph))
  expect(changed).not.toEqual(truth)
  for (const foreign of ["ledger = gen_random_uuid()", "epoch = epoch + 1"]) {
    writeFileSync(stateFile, whole)
    await client().query(`update freshet.identity set ${foreign}`)
    expect(toPlainHistories(await readSnapshot(client(), graph, { stateFile }))).toEqual(changed)
  }
  const believed = readFileSync(stateFile)
  await client().query(
    "update freshet.steps set ended_at = ended_at + interval '1 ms' where run = 'guarded 1'",
  )
  await client().query(
    "update freshet.materializations set data_version = 'y' where asset = 'guarded'",
  )
  await readSnapshot(client(), graph, { stateFile })
  expect(readFileSync(stateFile)).not.toEqual(believed)
  expect(readdirSync(folder).filter((name) => name.endsWith(".draft"))).toEqual([])
})

test("a state file that cannot be written has no effect", async () => {
  const stateFile = join("/dev/null", "nowhere", "ledger.state")
  const { histories } = await readSnapshot(client(), buildTestGraph(testAsset("guarded")), {
    stateFile,
  })
  expect(histories.get("guarded")?.length).toBe(1)
})

test("a long tail is written into the state file, a short one is not", async () => {
  const graph = buildTestGraph(testAsset("long"))
  const stateFile = newStateFile()
  await readSnapshot(client(), graph, { stateFile })
  const record = (count: number, from: number) =>
    withRun(url(), `long ${from}`, async ({ ledger }) => {
      await Promise.all(
        Array.from({ length: count }, (_, index) =>
          ledger.recordStep(
            buildComputationStep(`long ${from}`, "long", ["long"], {
              partition: from + index,
              input: "a",
            }),
          ),
        ),
      )
    })
  const before = readFileSync(stateFile)
  await record(64, 0)
  expect((await readSnapshot(client(), graph, { stateFile })).histories.get("long")?.length).toBe(
    64,
  )
  expect(readFileSync(stateFile)).toEqual(before)
  await record(1, 100)
  expect((await readSnapshot(client(), graph, { stateFile })).histories.get("long")?.length).toBe(
    101,
  )
  expect(readStateFile(stateFile)?.histories.get("long")?.versionIndex.length).toBe(101)
})
