import fc from "fast-check"
import { expect, test } from "vitest"

import { fingerprintText, freshInput, partitionsIn, rangesWhere, statusAt } from "../src/index.ts"
import { FreshetError, makePlan, newestClosed, partitionKey } from "../src/index.ts"
import type { Evaluation, Graph, PlanRequest } from "../src/index.ts"
import { afterDay, day, everyDay } from "./declared.ts"
import { type MemoryWorld, evaluateIn, everything, land, memoryWorld } from "./memory-world.ts"
import { run } from "./memory-world.ts"
import { type Truth, truths } from "./oracle.ts"
import { type Chapter, type Edit, type Shape, declare, engineRows, story } from "./random-world.ts"

const cases = Number(process.env["FRESHET_PROPERTY_CASES"] ?? 1000)

/** Everything that one story needs to go on; `past` is the oracle's own memory: what each partition was made from. */
interface Telling {
  readonly shape: Shape
  readonly world: MemoryWorld
  readonly salts: Map<string, number>
  readonly past: Map<string, { latest: string; readonly seen: Set<string> }>
}

/** An exact and short hash: the number under which a text was first seen. */
function interning(): (text: string) => string {
  const seen = new Map<string, string>()
  return (text) => {
    const known = seen.get(text) ?? `h${seen.size}`
    seen.set(text, known)
    return known
  }
}

function apply({ shape, world, salts }: Telling, edit: Edit): void {
  if (edit.kind === "midnight") {
    world.nowMs = Math.min(world.nowMs + 86_400_000, afterDay(9))
  } else if (edit.kind === "code") {
    salts.set(shape.computations[edit.pick % shape.computations.length]!.name, edit.salt)
  } else {
    const { name, isDaily } = shape.sources[edit.pick % shape.sources.length]!
    const content = edit.kind === "land" ? String(edit.content) : undefined
    land(world, name, isDaily ? day(edit.day) : 0, content)
  }
}

function truthsNow({ shape, world, salts }: Telling): ReadonlyMap<string, Truth> {
  const [firstDay, lastDay] = [day(1), newestClosed(everyDay, world.nowMs)]
  return truths(shape, { landed: world.landed, firstDay, lastDay, salts })
}

function keyOf(name: string): string {
  const [computation, index] = name.split(" ")
  const partitions = index === "0" ? ({ kind: "none" } as const) : everyDay
  return `${computation} ${partitionKey(partitions, Number(index))}`
}

/** By definition: the partitions among those asked for that have to be computed, when `failing` breaks; remembers what was made. */
function expectedWork(
  { past }: Telling,
  truth: ReadonlyMap<string, Truth>,
  asked: ReadonlySet<string>,
  failing: string | undefined,
): readonly string[] {
  const work: string[] = []
  const blocked = new Set<string>()
  for (const [name, { waits, inputs, reads }] of truth) {
    if (!asked.has(name)) continue
    const memory = past.get(name)
    if (waits || reads.some((each) => blocked.has(each))) {
      blocked.add(name)
      continue
    }
    if (memory?.latest === inputs) continue
    const isNew = memory?.seen.has(inputs) !== true
    if (isNew) work.push(keyOf(name))
    if (isNew && keyOf(name) === failing) blocked.add(name)
    else past.set(name, { latest: inputs, seen: new Set([...(memory?.seen ?? []), inputs]) })
  }
  return work.toSorted()
}

/** The partitions and everything that they read, directly or not. */
function withUpstream(truth: ReadonlyMap<string, Truth>, from: readonly string[]): Set<string> {
  const found = new Set<string>()
  const visit = (name: string): void => {
    if (found.has(name)) return
    found.add(name)
    for (const each of truth.get(name)?.reads ?? []) visit(each)
  }
  for (const name of from) visit(name)
  return found
}

/** What a chapter's run asks for: everything, or one to three partitions of one computation. */
function request(chapter: Chapter, telling: Telling, truth: ReadonlyMap<string, Truth>) {
  const { computations } = telling.shape
  const { name, outputs } = computations[chapter.pick % computations.length]!
  const days = [...truth.keys()].filter((each) => each.startsWith(`${name} `))
  if (chapter.run !== "partial" || days.length === 0)
    return { asked: new Set(truth.keys()), make: (all: Evaluation) => everything(all) }
  const chosen = days.slice(chapter.pick % days.length).slice(0, 3)
  const [from, to] = [chosen[0], chosen.at(-1)].map((each) => Number(each?.split(" ")[1]))
  const targets = new Map([[outputs[0]!, [{ from: from!, to: to! }]]])
  const make = (): PlanRequest => ({ targets, publish: chapter.pick % 2 === 0 })
  return { asked: withUpstream(truth, chosen), make }
}

async function tell(telling: Telling, chapter: Chapter): Promise<void> {
  const { shape, world, salts } = telling
  for (const edit of chapter.edits) apply(telling, edit)
  const truth = truthsNow(telling)
  const graph = declare(shape, salts)
  const names = [...truth.keys()]
  const failing =
    chapter.run === "failing" ? keyOf(names[chapter.pick % names.length] ?? "c0 0") : undefined
  world.behaviour.beforeCompute = (step) => {
    if (step === failing) throw new FreshetError("engine", "broken on purpose")
  }
  const { asked, make } = request(chapter, telling, truth)
  const work = expectedWork(telling, truth, asked, failing)
  world.computed.length = 0
  const floor = world.published.get("published")?.partition
  const result = await run(world, graph, make, { concurrency: chapter.concurrency })
  expect(world.computed.toSorted()).toEqual(work)
  const isBroken = failing !== undefined && work.includes(failing)
  expect(result.outcome).toBe(isBroken ? "failed" : "succeeded")
  if (!isBroken) expectRight(telling, graph, truth, asked)
  if (!isBroken && chapter.run !== "partial") expectComplete(telling, graph, truth, floor)
}

/** Each partition that was asked for and waits for nothing is fresh, with the rows that a computation from scratch gives. */
function expectRight(
  { world }: Telling,
  graph: Graph,
  truth: ReadonlyMap<string, Truth>,
  asked: ReadonlySet<string>,
): void {
  const evaluation = evaluateIn(world, graph)
  const wrong: unknown[] = []
  for (const computation of graph.computations)
    for (const index of partitionsIn(rangesWhere(evaluation, computation, () => true))) {
      const { name, outputs } = computation
      const status = statusAt(evaluation, computation, index)
      const { waits, contents } = truth.get(`${name} ${index}`)!
      const isFresh = status.kind === "fresh"
      if (asked.has(`${name} ${index}`) && isFresh === waits) wrong.push([name, index, status])
      if (!isFresh) continue
      const input = fingerprintText(freshInput(evaluation, computation, index)!)
      for (const { asset: output } of outputs) {
        const rows = world.files.get(keptFile(world, output, index, input) ?? "")
        if (rows !== contents.get(output)) wrong.push([output, index, rows, contents.get(output)])
      }
    }
  expect(wrong).toEqual([])
}

function keptFile(world: MemoryWorld, asset: string, index: number, fingerprint: string) {
  return world.records.find(
    (kept) =>
      kept.asset === asset &&
      kept.record.partition === index &&
      kept.record.fingerprint === fingerprint,
  )?.record.file
}

/** Nothing is left to do, every partition that exists has a status, and readers see the newest right partition. */
function expectComplete(
  { shape, world }: Telling,
  graph: Graph,
  truth: ReadonlyMap<string, Truth>,
  floor: number | undefined,
): void {
  const evaluation = evaluateIn(world, graph)
  const plan = makePlan(evaluation, everything(evaluation), world.hash)
  expect([plan.work, plan.checks, plan.publications]).toEqual([[], [], []])
  const judged = graph.computations.flatMap((each) =>
    [...partitionsIn(rangesWhere(evaluation, each, () => true))].map(
      (index) => `${each.name} ${index}`,
    ),
  )
  expect(judged.toSorted()).toEqual([...truth.keys()].toSorted())
  const set = shape.computations.filter(({ isPublished }) => isPublished)
  const days = set.length === 0 ? [] : Array.from({ length: 9 }, (_, index) => day(index + 1))
  const newest = days.findLast(
    (index) =>
      index >= (floor ?? 0) &&
      set.every(({ name }) => truth.get(`${name} ${index}`)?.waits === false),
  )
  expect(world.published.get("published")?.partition).toBe(newest ?? floor)
  if (newest === undefined) return
  const shown = world.publications
    .at(-1)
    ?.tables.map(({ asset, file }) => [asset.name, world.files.get(file)])
  const right = set.map(({ name }) => [name, truth.get(`${name} ${newest}`)?.contents.get(name)])
  expect(shown).toEqual(right)
}

test(`over ${cases} random graphs and histories, exactly the partitions whose inputs differ are computed`, async () => {
  const property = fc.asyncProperty(story, async ({ shape, landed, chapters }) => {
    const world = memoryWorld(afterDay(7), { rows: engineRows })
    world.hash = interning()
    for (const [index, { name, isDaily }] of shape.sources.entries())
      for (const each of landed[index] ?? []) land(world, name, isDaily ? day(each) : 0, "1")
    const telling: Telling = { shape, world, salts: new Map(), past: new Map() }
    const whole = { edits: [], run: "complete", pick: 0, concurrency: 1 } as const
    for (const chapter of [whole, ...chapters, whole]) await tell(telling, chapter)
  })
  const told = await fc.check(property, { numRuns: cases })
  if (told.failed) throw new Error(fc.defaultReportMessage(told), { cause: told.errorInstance })
  expect(told.numRuns).toBe(cases)
}, 600_000)
