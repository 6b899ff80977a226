import fc from "fast-check"
import { expect, test } from "vitest"

import {
  type Evaluation,
  type Graph,
  assetNamed,
  countStates,
  evaluate,
  codeVersionOf,
  daily,
  facts,
  fingerprint,
  fingerprintText,
  inputFingerprint,
  last,
  partitionKey,
  rangesOf,
  rangesWhere,
  readRanges,
  readVersions,
  sql,
  upTo,
  window,
} from "../../src/index.ts"
import { dailyAsset, day, everyDay, graphOf, source, sourceIn } from "../declared.ts"
import { recordedIn } from "../memory-ledger.ts"
import {
  type MemoryWorld,
  evaluateIn,
  everything,
  land,
  memoryWorld,
  run,
} from "../memory-world.ts"

/** Days enough for several comparisons of neighbours. */
const longest = 460

/** What happens to a history that was made in full. */
interface News {
  readonly days: number
  readonly added: number
  /** How many days later it begins, and how many days earlier it ends. */
  readonly dropped: number
  readonly cut: number
  readonly corrected: readonly number[]
  readonly forgotten: readonly number[]
  /** Up to which day it was made again by other code. */
  readonly edited: number | undefined
}

const nothing: News = {
  days: 1,
  added: 0,
  dropped: 0,
  cut: 0,
  corrected: [],
  forgotten: [],
  edited: undefined,
}

const anyDays = fc.array(fc.nat(longest), { maxLength: 3 })

const anyNews: fc.Arbitrary<News> = fc.record({
  days: fc.integer({ min: 1, max: longest }),
  added: fc.constantFrom(0, 0, 1, 3, 70),
  dropped: fc.constantFrom(0, 0, 1, 64, 100),
  cut: fc.constantFrom(0, 0, 1, 64, 100),
  corrected: anyDays,
  forgotten: anyDays,
  edited: fc.option(fc.nat(longest), { nil: undefined }),
})

/** Reads of all kinds that move on with their readers. */
function graphFrom(firstDay: number, code: string, lastDay = 2 * longest): Graph {
  const [start, end] = [firstDay, lastDay].map((each) => partitionKey(everyDay, day(each)))
  const partitions = daily({ start: start!, end: end! })
  const raw = source("raw")
  const rare = sourceIn("rare", partitions, { whenMissing: "empty" })
  const asset = (name: string, query: ReturnType<typeof sql>) =>
    dailyAsset(name, query, { partitions })
  const each = asset("each", sql`from ${raw}`)
  const week = asset("week", sql`select ${code} from ${last(7, each)}`)
  const ever = asset("ever", sql`from ${upTo(week)} join ${rare}`)
  const past = asset("past", sql`from ${window(week, -70, -3)} join ${each}`)
  return graphOf(raw, rare, each, week, ever, past)
}

const short = (text: string) => fingerprintText(fingerprint(text))

async function worldAfter(told: News): Promise<{ world: MemoryWorld; graph: Graph }> {
  const { days, added, dropped, cut, corrected, forgotten, edited } = told
  const world = memoryWorld(day(days + 1) * 86_400_000, {
    rows: (request, asset, read) => short(`${asset} ${request.relations.flatMap(read).join(" ")}`),
  })
  world.hash = short
  for (let each = 1; each <= days + added; each += 1) land(world, "raw", day(each), `r${each}`)
  for (let each = 1; each <= days; each += 5) land(world, "rare", day(each), `s${each}`)
  await run(world, graphFrom(1, "a"))
  if (edited !== undefined)
    await run(world, graphFrom(1, "b"), (evaluation) => {
      const { publish, targets } = everything(evaluation)
      const early = (from: number, to: number) => ({ from, to: Math.min(to, day(edited)) })
      const asked = [...targets].map(([name, ranges]) => {
        const kept = ranges.map(({ from, to }) => early(from, to)).filter((r) => r.from <= r.to)
        return [name, kept] as const
      })
      return { publish, targets: new Map(asked) }
    })
  for (const each of corrected) land(world, "raw", day(each), `corrected ${each}`)
  forget(world, forgotten)
  world.nowMs = day(days + added + 1) * 86_400_000
  const lastDay = Math.max(1 + dropped, days + added - cut)
  return { world, graph: graphFrom(1 + dropped, edited === undefined ? "a" : "b", lastDay) }
}

function forget({ records }: MemoryWorld, days: readonly number[]): void {
  const keys = days.map((each) => partitionKey(everyDay, day(each)))
  const kept = records.filter(({ asset, key }) => asset !== "week" || !keys.includes(key))
  records.splice(0, records.length, ...kept)
}

/** The fresh partitions of each asset: those of which something is kept that was made from the very versions that would be read now. */
function freshOnes(world: MemoryWorld, evaluation: Evaluation): Map<string, Set<number>> {
  const { graph, extents, landing } = evaluation
  const versions = new Map<string, Map<number, string>>()
  for (const computation of graph.computations) {
    const range = extents.get(computation.name)
    if (range === undefined) continue
    const own = new Map<number, string>()
    versions.set(computation.name, own)
    const recorded = recordedIn(world, graph, [{ asset: computation.name, range }])
    const kept = new Map(recorded.map((each) => [`${each.partition} ${each.fingerprint}`, each]))
    for (let index = range.from; index <= range.to; index += 1) {
      const reads = readVersions(readRanges(evaluation, computation, index), (asset, at) =>
        asset.kind === "source"
          ? (landing.get(asset.name)?.get(at)?.version ?? "empty")
          : versions.get(asset.name)?.get(at),
      )
      const code = codeVersionOf(evaluation, computation)!
      const now = reads && fingerprintText(inputFingerprint(graph, code, reads))
      const right = kept.get(`${index} ${now}`)
      if (right !== undefined) own.set(index, right.dataVersion)
    }
  }
  return new Map([...versions].map(([name, own]) => [name, new Set(own.keys())]))
}

test("a partition that is kept no more is missing, whatever stands in its place", async () => {
  const { world, graph } = await worldAfter({ ...nothing, days: 200 })
  const before = evaluateIn(world, graph)
  const timeline = before.snapshot.timelines.get("week")!
  const mark = timeline.mark.with(100, 0)
  const forgotten = { ...timeline, mark }
  const timelines = new Map([...before.snapshot.timelines, ["week", forgotten]])
  const after = evaluate(before, { ...before.snapshot, timelines }, new Map(), short)
  const { computation } = assetNamed(graph, "week")
  expect(countStates(before, computation)).toMatchObject({ fresh: 200, missing: 0 })
  expect(countStates(after, computation)).toMatchObject({ fresh: 199, missing: 1 })
})

test("a long history is judged as if each of its partitions were looked at alone", async () => {
  await fc.assert(
    fc.asyncProperty(anyNews, async (told) => {
      const { world, graph } = await worldAfter(told)
      const evaluation = evaluateIn(world, graph)
      const right = freshOnes(world, evaluation)
      for (const { name } of graph.computations) {
        const { computation } = assetNamed(graph, name)
        const ranges = rangesWhere(evaluation, computation, (bits) => (bits & facts.fresh) !== 0)
        expect([name, ...ranges]).toEqual([name, ...rangesOf(right.get(name) ?? [])])
      }
    }),
    { numRuns: 15 },
  )
}, 60_000)
