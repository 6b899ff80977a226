import fc from "fast-check"
import { expect } from "vitest"

import { fingerprintText, freshInput, isFresh, makePlan, partitionKey } from "../../src/index.ts"
import {
  findPartition,
  partitionsIn,
  partitionsOf,
  rangesOf,
  rangesWhere,
} from "../../src/index.ts"
import type { Evaluation, Graph, PlanRequest } from "../../src/index.ts"
import { type Ran, evaluateIn, everything, run, stepIds } from "../memory-world.ts"
import { placeOf } from "./calendar.ts"
import { cut } from "./declaring.ts"
import { type Expected, copyOf, follow, freshOnes, passedOnes, perform } from "./expected.ts"
import { computationName, named, present } from "./shape.ts"
import { type Chapter, type Story, story } from "./story.ts"
import { type Telling, apply, begin, breakRun, graphNow } from "./telling.ts"
import { type Truth, truths } from "./truth.ts"

type Truths = ReadonlyMap<string, Truth>

/** What a partition is called in the code under test: `c0 2026-03-01`. */
function stepName({ facts }: Telling, { computation, key }: Truth): string {
  return `${computationName(facts.declared, computation)} ${key}`
}

/** What a chapter's run asks for: everything, or one to three partitions of one output. */
function request(chapter: Chapter, telling: Telling, truth: Truths) {
  const names = [...truth.keys()]
  const failing = chapter.run === "failing" ? names[chapter.pick % names.length] : undefined
  const byOutput = new Map<string, string[]>()
  for (const [name, { computation }] of truth)
    for (const output of computation.outputs)
      byOutput.set(output, [...(byOutput.get(output) ?? []), name])
  if (chapter.run !== "partial" || names.length === 0)
    return { asked: { targets: byOutput, failing }, make: (all: Evaluation) => everything(all) }
  const [output, all] = [...byOutput][chapter.pick % byOutput.size]!
  const chosen = all.slice(chapter.pick % all.length).slice(0, 3)
  const { setting, declared } = telling.facts
  const partitions = cut(setting, declared, truth.get(all[0]!)!.computation.grain)
  const indexes = chosen.map((name) => findPartition(partitions, truth.get(name)!.key)!)
  const targets = new Map([[named(declared, output).name, rangesOf(indexes)]])
  const make = (): PlanRequest => ({ targets, publish: chapter.pick % 2 === 0 })
  return { asked: { targets: new Map([[output, chosen]]), failing }, make }
}

async function tell(telling: Telling, chapter: Chapter): Promise<void> {
  for (const edit of chapter.edits) apply(telling, edit)
  const { world, facts, past } = telling
  const truth = truths(telling.story.shape, facts)
  const graph = graphNow(telling)
  expectFresh(telling, graph, truth)
  const { asked, make } = request(chapter, telling, truth)
  const isWhole = chapter.run !== "stopped" && chapter.run !== "killed"
  const expected = perform(truth, isWhole ? past : copyOf(past), facts.declared, asked)
  const floor = world.published.get("published")?.partitionKey
  breakRun(telling, chapter, asked.failing && stepName(telling, truth.get(asked.failing)!))
  const before = world.steps.length
  const options = { concurrency: chapter.concurrency }
  const result = await run(world, graph, make, options).catch((error: unknown) => {
    if (chapter.run !== "killed") throw error
  })
  world.aborted = false
  if (isWhole) expectExactly(telling, truth, expected)
  else expectNoMore(telling, truth, expected, before)
  expectFresh(telling, graph, truth)
  if (!isWhole || result === undefined) return
  expect(result.outcome).toBe(expected.isBad ? "failed" : "succeeded")
  expectOutcomes(telling, truth, expected, result)
  if (expected.isBad || chapter.run === "partial") return
  expectNothingLeft(telling, graph)
  expectComplete(telling, truth, floor)
}

function expectNothingLeft({ world }: Telling, graph: Graph): void {
  const evaluation = evaluateIn(world, graph)
  const plan = makePlan(evaluation, everything(evaluation), world.hash)
  expect(stepIds(evaluation, plan)).toEqual([])
  expect(plan.publications).toEqual([])
}

/** The plan has exactly the steps that are to be done, and each came out as it had to. */
function expectOutcomes(telling: Telling, truth: Truths, { outcomes }: Expected, ran: Ran): void {
  const right = [...outcomes].map(([name, kind]) => [stepName(telling, truth.get(name)!), kind])
  const made = [...ran.steps].filter(([step]) => !step.startsWith("check "))
  expect(Object.fromEntries(made.map(([step, { kind }]) => [step, kind]))).toEqual(
    Object.fromEntries(right),
  )
  expect(ran.planned.toSorted()).toEqual([...ran.steps.keys()].toSorted())
}

/** What the engine was asked to compute, and the assets whose rows it was asked to check again. */
function asksOf({ world }: Telling) {
  const [computed, checked]: [string[], string[]] = [[], []]
  for (const each of world.computed)
    if (each.startsWith("check ")) checked.push(each.split(" ")[1]!)
    else computed.push(each)
  return { computed: computed.toSorted(), checked: checked.toSorted() }
}

function expectExactly(telling: Telling, truth: Truths, expected: Expected): void {
  const { declared } = telling.facts
  expect(asksOf(telling)).toEqual({
    computed: [...expected.computed].map((name) => stepName(telling, truth.get(name)!)).toSorted(),
    checked: expected.checked.map((output) => named(declared, output).name).toSorted(),
  })
}

/** A run that was cut short did part of what it had to do, nothing twice; the oracle believes what it told the ledger. */
function expectNoMore(telling: Telling, truth: Truths, expected: Expected, before: number): void {
  const { world, facts, past } = telling
  const { computed } = asksOf(telling)
  const wanted = [...expected.computed].map((name) => stepName(telling, truth.get(name)!))
  expect(new Set(wanted)).toEqual(new Set([...wanted, ...computed]))
  expect(new Set(computed).size).toBe(computed.length)
  const byStep = new Map([...truth].map(([name, each]) => [stepName(telling, each), name]))
  const graph = graphNow(telling)
  const outputs = new Map(
    [...truth.values()].flatMap(({ computation }) =>
      computation.outputs.map((output) => [named(facts.declared, output).name, output]),
    ),
  )
  const told = world.steps.slice(before).map((step) => {
    const computation = graph.computations.find(({ name }) => name === step.computation)!
    const key = partitionKey(partitionsOf(graph, computation), step.partition)
    const checked = Object.keys(step.checkVersions).map((name) => outputs.get(name)!)
    return { name: byStep.get(`${computation.name} ${key}`)!, outcome: step.outcome.kind, checked }
  })
  follow(truth, past, facts.declared, told)
}

/** Exactly the partitions that exist are judged; fresh are those that are by definition, with the rows that a computation from scratch gives. */
function expectFresh(telling: Telling, graph: Graph, truth: Truths): void {
  const { world, facts, past, story: told } = telling
  const evaluation = evaluateIn(world, graph)
  const byStep = new Map([...truth].map(([name, each]) => [stepName(telling, each), name]))
  const shapes = new Map(
    present(told.shape, facts.declared).map((each) => [
      computationName(facts.declared, each),
      each,
    ]),
  )
  const [judged, fresh, wrong]: [string[], string[], unknown[]] = [[], [], []]
  for (const computation of graph.computations)
    for (const index of partitionsIn(rangesWhere(evaluation, computation, () => true))) {
      const key = partitionKey(partitionsOf(graph, computation), index)
      const name = byStep.get(`${computation.name} ${key}`) ?? `${computation.name} ${key}`
      judged.push(name)
      if (!isFresh(evaluation, computation, index)) continue
      fresh.push(name)
      const input = fingerprintText(freshInput(evaluation, computation, index)!)
      computation.outputs.forEach(({ asset }, at) => {
        const id = shapes.get(computation.name)!.outputs[at]!
        const right = truth.get(name)?.contents.get(id)
        const rows = rowsKept(telling, graph, asset, [key, input])
        if (rows !== right) wrong.push([name, asset, rows, right])
      })
    }
  expect(judged.toSorted()).toEqual([...truth.keys()].toSorted())
  expect(fresh.toSorted()).toEqual([...freshOnes(truth, past, facts.declared)].toSorted())
  expect(wrong).toEqual([])
}

function rowsKept({ world }: Telling, graph: Graph, asset: string, [key, input]: [string, string]) {
  const names = [asset, ...graph.assets.get(asset)!.formerly]
  const kept = world.records.find(
    (each) => names.includes(each.asset) && each.key === key && each.record.fingerprint === input,
  )
  return world.files.get(kept?.record.file ?? "")
}

/** Readers see the newest partition that is right and passed its checks. */
function expectComplete(
  { world, facts, past, story: told }: Telling,
  truth: Truths,
  floor: string | undefined,
): void {
  const { setting, declared } = facts
  const set = present(told.shape, declared).filter(({ isPublished }) => isPublished)
  const passed = passedOnes(truth, past, declared)
  const days = [...new Set([...truth.values()].map(({ key }) => key))].filter((key) =>
    set.every(({ id }) => passed.has(`${id} ${key} ${id}`)),
  )
  const newest = days.toSorted().at(-1)
  const isShown =
    set.length > 0 &&
    newest !== undefined &&
    placeOf(setting, "daily", newest) >= placeOf(setting, "daily", floor ?? "")
  expect(world.published.get("published")?.partitionKey).toBe(isShown ? newest : floor)
  if (!isShown) return
  const shown = world.publications
    .at(-1)
    ?.tables.map(({ asset, file }) => [asset.name, world.files.get(file)])
  const right = set.map(({ id }) => [
    named(declared, id).name,
    truth.get(`${id} ${newest}`)?.contents.get(id),
  ])
  expect(shown).toEqual(right)
}

const whole: Chapter = { edits: [], run: "complete", pick: 0, concurrency: 1 }

async function tellAll(each: Story): Promise<void> {
  const telling = begin(each)
  for (const chapter of [whole, ...each.chapters, whole, whole]) await tell(telling, chapter)
}

/** Tells this many random stories; throws the smallest one that does not go as it should, with the seed that brings it back. */
export async function provedOver(cases: number): Promise<void> {
  const told = await fc.check(fc.asyncProperty(story, tellAll), { numRuns: cases })
  if (told.failed) throw new Error(fc.defaultReportMessage(told), { cause: told.errorInstance })
  expect(told.numRuns).toBe(cases)
}
