import {
  assetNamed,
  type AssetRange,
  type Evaluation,
  facts,
  factsAt,
  fingerprintText,
  joinedRanges,
  type PartitionRange,
  partitionsText,
  type Plan,
  type Problem,
  publicationSets,
  rangesOf,
  readRanges,
  type Recorded,
  type Removal,
  snapshotWithout,
} from "@freshet/core"

import { grouped } from "../render/grouped.ts"
import { newestOf, rangesAmong, rangesWithout } from "./partition-ranges.ts"
import type { Planned, Project } from "./project.ts"
import { countingRecords } from "./records.ts"

/** So many partitions of each target, the newest ones, are looked at: more would take longer than what is asked for. */
const mostOfTarget = 1000

/** Where nothing is made yet, so many of the partitions that the steps read from one asset are looked at, the newest ones. */
const mostOfPreview = 10_000

/** Partitions are looked at so many at a time. */
const atOnce = 10_000

/** Asset → partitions, ascending. */
type Partitions = ReadonlyMap<string, readonly PartitionRange[]>

/**
 * A plan that counts on nothing that is gone from the lake: what the planned steps read, the newest partitions of the
 * targets, what is to be checked and what would be published are looked at; where a file is gone, the plan is made again without it.
 * Before a run all is looked at that is read; else of very many partitions the newest ones.
 */
export async function planOnStored(
  given: Project,
  makePlan: (project: Project) => Plan,
  use: "preview" | "run" = "preview",
): Promise<Planned> {
  let seen: Partitions = new Map()
  for (let project = given; ;) {
    const plan = makePlan(project)
    const counted = countedOn(project.evaluation, plan, use === "run" ? Infinity : mostOfPreview)
    const { lost, there } = await findLost(project, without(counted, seen))
    if (lost.length === 0) return { project, plan }
    seen = together(seen, there)
    project = projectWithout(project, lost)
  }
}

/** The project as it is without those of some materializations whose files are gone; the same project when none is. */
export async function withoutLost(project: Project, wanted: Partitions): Promise<Project> {
  const { lost } = await findLost(project, wanted)
  return lost.length === 0 ? project : projectWithout(project, lost)
}

/** Of the rows that count of some partitions, those that are gone; and the partitions of which all is there. */
async function findLost(project: Project, wanted: Partitions) {
  const lost: Recorded[] = []
  for (const part of inParts(wanted)) {
    const records = [...countingRecords(project.evaluation, await project.recorded(part)).values()]
    const there = await Promise.all(records.map(({ file }) => project.isStored(file)))
    lost.push(...records.filter((_, at) => there[at] !== true))
  }
  const gone = grouped(lost, ({ asset }) => asset)
  const goneOf = (asset: string) =>
    sortedRanges((gone.get(asset) ?? []).map((each) => each.partition))
  const there = new Map(
    [...wanted].map(([asset, ranges]) => [asset, rangesWithout(ranges, goneOf(asset))]),
  )
  return { lost, there }
}

function* inParts(wanted: Partitions): Iterable<readonly AssetRange[]> {
  let part: AssetRange[] = []
  let size = 0
  for (const [asset, ranges] of wanted)
    for (const { from, to } of ranges)
      for (let at = from; at <= to; at += atOnce) {
        const range = { from: at, to: Math.min(to, at + atOnce - 1) }
        part.push({ asset, range })
        size += range.to - range.from + 1
        if (size < atOnce) continue
        yield part
        part = []
        size = 0
      }
  if (part.length > 0) yield part
}

function projectWithout(project: Project, lost: readonly Recorded[]): Project {
  const removals = removalsOf(project.evaluation, lost)
  const evaluation = project.judge(snapshotWithout(project.evaluation.snapshot, removals))
  const warnings = [...project.warnings, ...lostWarnings(project.evaluation, lost)]
  return { ...project, evaluation, warnings }
}

/** The materializations without which the plan comes out wrong, or not at all. */
function countedOn(evaluation: Evaluation, plan: Plan, mostRead: number): Partitions {
  const planned = new Map(plan.work.map(({ computation, ranges }) => [computation.name, ranges]))
  const wanted = together(
    new Map([...plan.targets].map(([asset, ranges]) => [asset, newestOf(ranges, mostOfTarget)])),
    new Map(plan.checks.map(({ asset, ranges }) => [asset.name, newestOf(ranges, mostRead)])),
    publishedPartitions(evaluation, plan),
    readPartitions(evaluation, plan, mostRead),
  )
  return new Map(
    [...wanted].map(([name, ranges]) => {
      const { computation } = assetNamed(evaluation.graph, name)
      const counted = rangesWithout(ranges, planned.get(computation.name) ?? [])
      const isMade = (at: number) => (factsAt(evaluation, computation, at) & facts.made) !== 0
      return [name, rangesAmong(counted, isMade)] as const
    }),
  )
}

function publishedPartitions(evaluation: Evaluation, { publications }: Plan): Partitions {
  const sets = publicationSets(evaluation.graph)
  return together(
    ...publications.map(({ set, partition: at }) => {
      const assets = sets.get(set) ?? []
      return new Map(assets.map(({ name }) => [name, [{ from: at, to: at }]]))
    }),
  )
}

/** What the windows of the planned steps hold: those of neighbours together have no gap. */
function readPartitions(evaluation: Evaluation, { work }: Plan, most: number): Partitions {
  const read = new Map<string, PartitionRange[]>()
  for (const { computation, ranges } of work)
    for (const { from, to } of ranges) {
      const ends = readRanges(evaluation, computation, to)
      for (const [at, { asset, range }] of readRanges(evaluation, computation, from).entries()) {
        const last = ends[at]?.range ?? range
        const first = range ?? last
        if (asset.kind === "source" || first === undefined || last === undefined) continue
        const known = read.get(asset.name)
        const span = { from: first.from, to: last.to }
        if (known === undefined) read.set(asset.name, [span])
        else known.push(span)
      }
    }
  return new Map(
    [...read].map(([asset, ranges]) => [asset, newestOf(joinedRanges(ranges), most)] as const),
  )
}

function together(...all: readonly Partitions[]): Partitions {
  const ranges = new Map<string, readonly PartitionRange[]>()
  for (const each of all)
    for (const [asset, own] of each)
      ranges.set(asset, joinedRanges([...(ranges.get(asset) ?? []), ...own]))
  return ranges
}

function without(all: Partitions, seen: Partitions): Partitions {
  return new Map(
    [...all].map(([asset, ranges]) => [asset, rangesWithout(ranges, seen.get(asset) ?? [])]),
  )
}

function sortedRanges(partitions: readonly number[]): readonly PartitionRange[] {
  return rangesOf(partitions.toSorted((a, b) => a - b))
}

/** The lost materializations by computation. */
function removalsOf({ graph }: Evaluation, lost: readonly Recorded[]): readonly Removal[] {
  const byComputation = grouped(lost, ({ asset }) => assetNamed(graph, asset).computation.name)
  return [...byComputation].map(([computation, records]) => {
    const inputs = grouped(records, ({ partition }) => partition)
    const ranges = sortedRanges([...inputs.keys()])
    const includes: Removal["includes"] = (partition, input) => {
      const text = fingerprintText(input)
      return inputs.get(partition)?.some(({ fingerprint }) => fingerprint === text) === true
    }
    return { computation, ranges, includes }
  })
}

function lostWarnings({ graph }: Evaluation, lost: readonly Recorded[]): readonly Problem[] {
  return [...grouped(lost, ({ asset }) => asset)].map(([asset, records]) => {
    const ranges = sortedRanges(records.map(({ partition }) => partition))
    const name = `\`${asset}\` ${partitionsText(graph, asset, ranges)}`.trim()
    return {
      kind: "lost_file",
      asset,
      message: `What was made of ${name} is gone from the lake.`,
      hint: "The next run makes anew what it needs of it.",
    }
  })
}
