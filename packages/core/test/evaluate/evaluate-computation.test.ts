import fc from "fast-check"
import { expect, test } from "vitest"

import {
  computeFingerprint,
  countStates,
  evaluate,
  findCodeVersion,
  fingerprintInputs,
  formatFingerprint,
  formatPartitionKey,
  getAsset,
  listRangesWhere,
  listReadRanges,
  listReadVersions,
  stateFlags,
  toRanges,
  type Evaluation,
  type Graph,
} from "../../src/engine.ts"
import { daily, last, sql, upTo, window } from "../../src/index.ts"
import {
  dailyAsset,
  day,
  everyDay,
  buildValidGraph,
  source,
  partitionedSource,
} from "../declarations.ts"
import { findRecords } from "../memory-ledger.ts"
import {
  type MemoryProject,
  evaluateProject,
  requestEverything,
  land,
  createMemoryProject,
  run,
} from "../memory-project.ts"

/** The number of days of the longest history, several words of a bitset. */
const longest = 460

/** The changes after a full materialization of a history. */
interface HistoryChange {
  readonly days: number
  readonly added: number
  /** The number of days removed from its beginning, and from its end in `cut`. */
  readonly dropped: number
  readonly cut: number
  readonly corrected: readonly number[]
  readonly wiped: readonly number[]
  /** The day up to which other code recomputed it. */
  readonly edited: number | undefined
}

const noChange: HistoryChange = {
  days: 1,
  added: 0,
  dropped: 0,
  cut: 0,
  corrected: [],
  wiped: [],
  edited: undefined,
}

const anyDays = fc.array(fc.nat(longest), { maxLength: 3 })

const anyChange: fc.Arbitrary<HistoryChange> = fc.record({
  days: fc.integer({ min: 1, max: longest }),
  added: fc.constantFrom(0, 0, 1, 3, 70),
  dropped: fc.constantFrom(0, 0, 1, 64, 100),
  cut: fc.constantFrom(0, 0, 1, 64, 100),
  corrected: anyDays,
  wiped: anyDays,
  edited: fc.option(fc.nat(longest), { nil: undefined }),
})

/** Builds a graph with every kind of window that moves with its reader. */
function buildGraphFrom(firstDay: number, code: string, lastDay = 2 * longest): Graph {
  const [start, end] = [firstDay, lastDay].map((dayOfMonth) =>
    formatPartitionKey(everyDay, day(dayOfMonth)),
  )
  const partitions = daily({ start: start!, end: end! })
  const raw = source("raw")
  const rare = partitionedSource("rare", partitions, { whenMissing: "empty" })
  const asset = (name: string, query: ReturnType<typeof sql>) =>
    dailyAsset(name, query, { partitions })
  const each = asset("each", sql`from ${raw}`)
  const week = asset("week", sql`select ${code} from ${last(7, each)}`)
  const ever = asset("ever", sql`from ${upTo(week)} join ${rare}`)
  const past = asset("past", sql`from ${window(week, -70, -3)} join ${each}`)
  return buildValidGraph(raw, rare, each, week, ever, past)
}

const shortHash = (text: string) => formatFingerprint(computeFingerprint(text))

async function createProjectAfter(
  change: HistoryChange,
): Promise<{ project: MemoryProject; graph: Graph }> {
  const { days, added, dropped, cut, corrected, wiped, edited } = change
  const project = createMemoryProject(day(days + 1) * 86_400_000, {
    rows: (request, asset, read) =>
      shortHash(`${asset} ${request.relations.flatMap(read).join(" ")}`),
  })
  project.hash = shortHash
  for (let dayNumber = 1; dayNumber <= days + added; dayNumber += 1)
    land(project, "raw", day(dayNumber), `r${dayNumber}`)
  for (let dayNumber = 1; dayNumber <= days; dayNumber += 5)
    land(project, "rare", day(dayNumber), `s${dayNumber}`)
  await run(project, buildGraphFrom(1, "a"))
  if (edited !== undefined)
    await run(project, buildGraphFrom(1, "b"), (evaluation) => {
      const { publish, targets } = requestEverything(evaluation)
      const early = (from: number, to: number) => ({ from, to: Math.min(to, day(edited)) })
      const requested = [...targets].map(([name, ranges]) => {
        const earlyRanges = ranges
          .map(({ from, to }) => early(from, to))
          .filter((r) => r.from <= r.to)
        return [name, earlyRanges] as const
      })
      return { publish, targets: new Map(requested) }
    })
  for (const dayNumber of corrected) land(project, "raw", day(dayNumber), `corrected ${dayNumber}`)
  wipe(project, wiped)
  project.nowMs = day(days + added + 1) * 86_400_000
  const lastDay = Math.max(1 + dropped, days + added - cut)
  return {
    project,
    graph: buildGraphFrom(1 + dropped, edited === undefined ? "a" : "b", lastDay),
  }
}

function wipe({ records }: MemoryProject, days: readonly number[]): void {
  const keys = days.map((each) => formatPartitionKey(everyDay, day(each)))
  const remaining = records.filter(({ asset, key }) => asset !== "week" || !keys.includes(key))
  records.splice(0, records.length, ...remaining)
}

/** The fresh partitions of each asset by definition: a retained materialization has the current versions of all inputs. */
function findFresh(project: MemoryProject, evaluation: Evaluation): Map<string, Set<number>> {
  const { graph, bounds, landing } = evaluation
  const versions = new Map<string, Map<number, string>>()
  for (const computation of graph.computations) {
    const range = bounds.get(computation.name)
    if (range === undefined) continue
    const versionsByIndex = new Map<number, string>()
    versions.set(computation.name, versionsByIndex)
    const records = findRecords(project, graph, [{ asset: computation.name, range }])
    const recordsByInput = new Map(
      records.map((record) => [`${record.partition} ${record.fingerprint}`, record]),
    )
    for (let index = range.from; index <= range.to; index += 1) {
      const reads = listReadVersions(listReadRanges(evaluation, computation, index), (asset, at) =>
        asset.kind === "source"
          ? (landing.get(asset.name)?.get(at)?.version ?? "empty")
          : versions.get(asset.name)?.get(at),
      )
      const code = findCodeVersion(evaluation, computation)!
      const inputText = reads && formatFingerprint(fingerprintInputs(graph, code, reads))
      const record = recordsByInput.get(`${index} ${inputText}`)
      if (record !== undefined) versionsByIndex.set(index, record.dataVersion)
    }
  }
  return new Map(
    [...versions].map(([name, versionsByIndex]) => [name, new Set(versionsByIndex.keys())]),
  )
}

test("a partition whose materialization was wiped is missing", async () => {
  const { project, graph } = await createProjectAfter({ ...noChange, days: 200 })
  const current = evaluateProject(project, graph)
  const history = current.snapshot.histories.get("week")!
  const versionIndex = history.versionIndex.with(100, 0)
  const wipedHistory = { ...history, versionIndex }
  const histories = new Map([...current.snapshot.histories, ["week", wipedHistory]])
  const changed = evaluate(current, { ...current.snapshot, histories }, new Map(), shortHash)
  const { computation } = getAsset(graph, "week")
  expect(countStates(current, computation)).toMatchObject({ fresh: 200, missing: 0 })
  expect(countStates(changed, computation)).toMatchObject({ fresh: 199, missing: 1 })
})

test("the evaluation of a long history equals the evaluation of each partition alone", async () => {
  await fc.assert(
    fc.asyncProperty(anyChange, async (change) => {
      const { project, graph } = await createProjectAfter(change)
      const evaluation = evaluateProject(project, graph)
      const right = findFresh(project, evaluation)
      for (const { name } of graph.computations) {
        const { computation } = getAsset(graph, name)
        const ranges = listRangesWhere(
          evaluation,
          computation,
          (bits) => (bits & stateFlags.fresh) !== 0,
        )
        expect([name, ...ranges]).toEqual([name, ...toRanges(right.get(name) ?? [])])
      }
    }),
    { numRuns: 15 },
  )
})
