import {
  assetNamed,
  type AssetRange,
  type Computation,
  type Evaluation,
  isInRanges,
  isMade,
  type Mark,
  parseFingerprint,
  type PartitionRange,
  partitionsIn,
  partitionsText,
  type Plan,
  type Problem,
  publicationSets,
  rangesOf,
  readRanges,
  type Recorded,
  type Snapshot,
  type Timeline,
} from "@freshet/core"

import { grouped } from "../render/grouped.ts"
import type { Planned, Project } from "./project.ts"
import { type AssetPartition, countingRecords } from "./records.ts"

/** So many partitions of each target, the newest ones, are looked at: more would take longer than what is asked for. */
const mostOfTarget = 1000

/**
 * A plan that counts on nothing that is gone from the lake: what the planned steps read, the newest partitions of the
 * targets and what would be published are looked at; where a file is gone, the plan is made again without it.
 */
export async function planOnStored(
  given: Project,
  makePlan: (project: Project) => Plan,
): Promise<Planned> {
  const seen = new Map<string, boolean>()
  for (let project = given; ;) {
    const plan = makePlan(project)
    const found = await withoutLost(project, countedOn(project.evaluation, plan), seen)
    if (found === project) return { project, plan }
    project = found
  }
}

/** The project as it is without those of some materializations whose files are gone; the same project when none is. */
export async function withoutLost(
  project: Project,
  wanted: readonly AssetRange[],
  seen: Map<string, boolean> = new Map(),
): Promise<Project> {
  const records = [
    ...countingRecords(project.evaluation, await project.recorded(wanted)).values(),
  ].filter(({ file }) => !seen.has(file))
  const there = await Promise.all(records.map(({ file }) => project.isStored(file)))
  for (const [at, { file }] of records.entries()) seen.set(file, there[at] === true)
  const lost = records.filter((_, at) => there[at] !== true)
  if (lost.length === 0) return project
  const evaluation = project.judge(snapshotWithout(project.evaluation, lost))
  const warnings = [...project.warnings, ...lostWarnings(project.evaluation, lost)]
  return { ...project, evaluation, warnings }
}

/** The materializations that come out wrong, or not at all, if their files are gone. */
function countedOn(evaluation: Evaluation, plan: Plan): readonly AssetRange[] {
  const planned = new Map(plan.work.map(({ computation, ranges }) => [computation.name, ranges]))
  const willBeMade = (computation: Computation, index: number): boolean =>
    isInRanges(planned.get(computation.name) ?? [], index)
  const counted = [
    ...targetPartitions(plan),
    ...publishedPartitions(evaluation, plan),
    ...readPartitions(evaluation, plan),
  ]
  const byAsset = new Map<string, Set<number>>()
  for (const { asset, partition } of counted) {
    const { computation } = assetNamed(evaluation.graph, asset)
    if (willBeMade(computation, partition) || !isMade(evaluation, computation, partition)) continue
    const known = byAsset.get(asset)
    if (known === undefined) byAsset.set(asset, new Set([partition]))
    else known.add(partition)
  }
  return [...byAsset].flatMap(([asset, partitions]) =>
    rangesOf([...partitions].toSorted((a, b) => a - b)).map((range) => ({ asset, range })),
  )
}

function* targetPartitions({ targets }: Plan): Iterable<AssetPartition> {
  for (const [asset, ranges] of targets)
    for (const partition of partitionsIn(newestOf(ranges, mostOfTarget))) yield { asset, partition }
}

/** The last `most` partitions of some ranges. */
export function newestOf(
  ranges: readonly PartitionRange[],
  most: number,
): readonly PartitionRange[] {
  const newest: PartitionRange[] = []
  let left = most
  for (const { from, to } of ranges.toReversed()) {
    if (left <= 0) break
    newest.unshift({ from: Math.max(from, to - left + 1), to })
    left -= to - from + 1
  }
  return newest
}

function* publishedPartitions(evaluation: Evaluation, plan: Plan): Iterable<AssetPartition> {
  const sets = publicationSets(evaluation.graph)
  for (const { set, partition } of plan.publications)
    for (const { name } of sets.get(set) ?? []) yield { asset: name, partition }
}

/** What the windows of the planned steps hold; neighbours share most of it, which is looked at once. */
function* readPartitions(evaluation: Evaluation, { work }: Plan): Iterable<AssetPartition> {
  for (const { computation, ranges } of work) {
    const seen = new Map<string, number>() // asset → the last partition that was looked at
    for (const index of partitionsIn(ranges))
      for (const { read, asset, range } of readRanges(evaluation, computation, index)) {
        if (asset.kind === "source" || range === undefined || read.asset === undefined) continue
        const from = Math.max(range.from, (seen.get(asset.name) ?? -Infinity) + 1)
        for (let at = from; at <= range.to; at += 1) yield { asset: asset.name, partition: at }
        seen.set(asset.name, Math.max(seen.get(asset.name) ?? -Infinity, range.to))
      }
  }
}

/** What the ledger would say if these had never been made. */
function snapshotWithout({ graph, snapshot }: Evaluation, lost: readonly Recorded[]): Snapshot {
  const timelines = new Map(snapshot.timelines)
  const byComputation = grouped(lost, ({ asset }) => assetNamed(graph, asset).computation.name)
  for (const [name, records] of byComputation) {
    const timeline = timelines.get(name)
    if (timeline !== undefined) timelines.set(name, timelineWithout(timeline, records))
  }
  return { ...snapshot, timelines }
}

function timelineWithout(timeline: Timeline, lost: readonly Recorded[]): Timeline {
  const copy = (lanes: Timeline["inputs"]) => ({ low: lanes.low.slice(), high: lanes.high.slice() })
  const [mark, inputs] = [timeline.mark.slice(), copy(timeline.inputs)]
  const [outputs, marks] = [timeline.outputs.map(copy), [...timeline.marks]]
  const earlier = new Map(timeline.earlier)
  for (const { partition, fingerprint } of lost) {
    const at = partition - timeline.from
    const gone = parseFingerprint(fingerprint)
    const isGone = (low: number | undefined, high: number | undefined): boolean =>
      low === gone.low && high === gone.high
    const kept = (earlier.get(partition) ?? []).filter(
      ({ input }) => !isGone(input.low, input.high),
    )
    if ((mark[at] ?? 0) !== 0 && isGone(inputs.low[at], inputs.high[at])) {
      const next = kept.shift()
      mark[at] = next === undefined ? 0 : placeOf(marks, next.mark) + 1
      for (const [place, lanes] of [inputs, ...outputs].entries()) {
        const print = place === 0 ? next?.input : next?.outputs[place - 1]
        lanes.low[at] = print?.low ?? 0
        lanes.high[at] = print?.high ?? 0
      }
    }
    if (kept.length > 0) earlier.set(partition, kept)
    else earlier.delete(partition)
  }
  return { ...timeline, mark, inputs, outputs, marks, earlier }
}

function placeOf(marks: Mark[], mark: Mark): number {
  const known = marks.indexOf(mark)
  return known < 0 ? marks.push(mark) - 1 : known
}

function lostWarnings({ graph }: Evaluation, lost: readonly Recorded[]): readonly Problem[] {
  return [...grouped(lost, ({ asset }) => asset)].map(([asset, records]) => {
    const partitions = records.map(({ partition }) => partition)
    const ranges = rangesOf(partitions.toSorted((a, b) => a - b))
    const name = `\`${asset}\` ${partitionsText(graph, asset, ranges)}`.trim()
    return {
      kind: "lost_file",
      asset,
      message: `What was made of ${name} is gone from the lake.`,
      hint: "The next run makes anew what it needs of it.",
    }
  })
}
