import { expect, test } from "vitest"

import { FreshetError, recordBook, rederive } from "../../src/index.ts"
import { last, type Graph, type RederiveEffects, sql, type Verdict } from "../../src/index.ts"
import { afterDay, dailyAsset, day, graphOf, source } from "../declared.ts"
import { evaluateIn, land, type MemoryWorld, memoryWorld, run } from "../memory-world.ts"
import { effectsOf } from "../memory-world.ts"

const log = source("log")
const counts = dailyAsset("counts", sql`select n from ${log}`)
const week = dailyAsset("week", sql`select n from ${last(2, counts)}`)
const graph = graphOf(log, counts, week)

/** Two days landed and made. */
async function madeWorld(): Promise<MemoryWorld> {
  const world = memoryWorld(afterDay(2))
  land(world, "log", day(1), "x1")
  land(world, "log", day(2), "x2")
  await run(world, graph)
  return world
}

/** What comes of making a partition again. */
async function again(
  world: MemoryWorld,
  name: string,
  partition: number,
  changed: { readonly graph?: Graph } & Partial<RederiveEffects["engine"]> & {
      readonly landed?: string
    } = {},
): Promise<Verdict> {
  const { graph: declared = graph, landed, ...engine } = changed
  const evaluation = evaluateIn(world, declared)
  const computation = declared.computations.find((each) => each.name === name)
  if (computation === undefined) throw new Error(`${name} is not declared`)
  const effects = effectsOf(world, declared)
  return rederive(evaluation, computation, partition, {
    engine: { ...effects.engine, ...engine },
    book: recordBook(effects.ledger),
    reads: async ({ asset, partition: index }) =>
      world.steps.findLast((step) =>
        step.materializations.some((made) => made.asset === asset && made.partition === index),
      )?.reads ?? [],
    isAsLanded: async ({ path }) => path !== landed,
  })
}

function fileOf(world: MemoryWorld, rows: string): string {
  const [file] = [...world.files].find(([, content]) => content === rows) ?? []
  return file ?? "none"
}

test("what comes out with the recorded content is the same, and nothing is stored", async () => {
  const world = await madeWorld()
  const before = [...world.files]
  expect(await again(world, "week", day(2))).toEqual({ kind: "same" })
  expect([...world.files]).toEqual(before)
})

test("other rows from the same code and inputs are the asset's own fault", async () => {
  const world = await madeWorld()
  const rederived = async () => [{ asset: "week", rows: 7, dataVersion: "other" }]
  expect(await again(world, "week", day(2), { rederive: rederived })).toEqual({
    kind: "different",
    asset: "week",
    rows: { recorded: 1, found: 7 },
  })
})

test("other rows from other code are the edit's", async () => {
  const world = await madeWorld()
  const edited = graphOf(log, counts, dailyAsset("week", sql`select n + 1 from ${last(2, counts)}`))
  const rederived = async () => [{ asset: "week", rows: 7, dataVersion: "other" }]
  expect(await again(world, "week", day(2), { graph: edited, rederive: rederived })).toEqual({
    kind: "code_changed",
    asset: "week",
    rows: { recorded: 1, found: 7 },
  })
  expect(await again(world, "week", day(2), { graph: edited })).toEqual({ kind: "same" })
})

test("a changed file of what was read is at fault, whether other rows come out or none at all", async () => {
  const world = await madeWorld()
  const file = fileOf(world, "counts(x1)")
  const changed = { kind: "file_changed", asset: "counts", partition: day(1), file }
  world.files.set(file, "counts(x9)")
  expect(await again(world, "week", day(2))).toEqual(changed)
  world.files.delete(file)
  expect(await again(world, "week", day(2))).toEqual(changed)
})

test("a changed file of its own is found before anything is made", async () => {
  const world = await madeWorld()
  const file = fileOf(world, "counts(x2)")
  world.files.delete(file)
  const rederived = async () => expect.unreachable("nothing is made")
  expect(await again(world, "counts", day(2), { rederive: rederived })).toEqual({
    kind: "file_changed",
    asset: "counts",
    partition: day(2),
    file,
  })
})

test("a landed file that changed without a trace is at fault", async () => {
  const world = await madeWorld()
  const rederived = async () => [{ asset: "counts", rows: 2, dataVersion: "other" }]
  const changed = { rederive: rederived, landed: `log/${day(2)}` }
  expect(await again(world, "counts", day(2), changed)).toEqual({
    kind: "landed_changed",
    source: "log",
    path: `log/${day(2)}`,
  })
})

test("what cannot be made for another reason is thrown", async () => {
  const world = await madeWorld()
  const broken = new FreshetError("engine", "out of order")
  const rederived = () => Promise.reject(broken)
  await expect(again(world, "week", day(2), { rederive: rederived })).rejects.toBe(broken)
})

test("an input that is not kept any more is named: of a source, of an asset, or never read", async () => {
  const world = await madeWorld()
  land(world, "log", day(1), "y1")
  expect(await again(world, "counts", day(1))).toEqual({
    kind: "inputs_gone",
    asset: "log",
    partition: day(1),
  })
  const kept = world.records.findIndex(
    ({ asset, record }) => asset === "counts" && record.partition === day(1),
  )
  world.records.splice(kept, 1)
  expect(await again(world, "week", day(2))).toEqual({
    kind: "inputs_gone",
    asset: "counts",
    partition: day(1),
  })
  const edited = graphOf(log, counts, dailyAsset("week", sql`select n from ${last(3, counts)}`))
  expect(await again(world, "week", day(2), { graph: edited })).toEqual({
    kind: "inputs_gone",
    asset: "counts",
    partition: undefined,
  })
})

test("what was replaced is read as it was, as long as it is kept", async () => {
  const world = await madeWorld()
  land(world, "log", day(1), "y1")
  const only = new Map([["counts", [{ from: day(1), to: day(1) }]]])
  await run(world, graph, () => ({ targets: only, publish: false }))
  expect(await again(world, "counts", day(1))).toEqual({ kind: "same" })
  expect(await again(world, "week", day(2))).toEqual({ kind: "same" })
})

test("what was never made cannot be made again", async () => {
  const world = await madeWorld()
  expect(await again(world, "week", day(9))).toEqual({ kind: "never_made" })
})
