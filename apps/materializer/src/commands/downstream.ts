import {
  type Evaluation,
  facts,
  joinedRanges,
  makePlan,
  type PartitionRange,
  partitionCount,
  partitionKey,
  type Plan,
  type PlanRequest,
  rangesWhere,
  staleAfter,
} from "@freshet/core"

import { commonRanges, rangesWithout } from "../project/partition-ranges.ts"
import type { Project } from "../project/project.ts"
import { commandText } from "./command-text.ts"
import type { PartitionFlags } from "./targets.ts"

type Targets = PlanRequest["targets"]

/** Computation → partitions. */
type Partitions = ReadonlyMap<string, readonly PartitionRange[]>

/** What is asked for, what stands below it and is not fresh, and all that becomes stale once that is made. */
export function withDownstream({ evaluation, hash }: Project, request: PlanRequest): PlanRequest {
  const first = makePlan(evaluation, request, hash)
  if (request.only !== undefined && first.work.length === 0) return request
  const asked = request.only === undefined ? request.targets : plannedTargets(first)
  let targets = joined(evaluation, asked, staleBelow(evaluation, asked))
  for (;;) {
    const plan = makePlan(evaluation, { targets, publish: false }, hash)
    const more = joined(evaluation, targets, staleAfter(evaluation, plan))
    if (sizeOf(more) === sizeOf(targets)) return { targets, publish: request.publish }
    targets = more
  }
}

function joined({ graph }: Evaluation, targets: Targets, below: Partitions): Targets {
  const all = new Map(targets)
  for (const { name, outputs } of graph.computations)
    for (const { asset } of outputs) {
      const ranges = [...(targets.get(asset) ?? []), ...(below.get(name) ?? [])]
      if (ranges.length > 0) all.set(asset, joinedRanges(ranges))
    }
  return all
}

function sizeOf(targets: Targets): number {
  return partitionCount([...targets.values()].flat())
}

/** Of the partitions asked for, those that a plan makes. */
function plannedTargets({ targets, work }: Plan): Targets {
  return new Map(
    [...targets].map(([name, asked]) => {
      const made = work.find(({ computation }) =>
        computation.outputs.some(({ asset }) => asset === name),
      )
      return [name, commonRanges(made?.ranges ?? [], asked)]
    }),
  )
}

/** What was made once from some partitions, directly or not, and is not fresh. */
function staleBelow(evaluation: Evaluation, targets: Targets): Partitions {
  const work = evaluation.graph.computations.flatMap((computation) =>
    computation.outputs.flatMap(({ asset }) => {
      const ranges = targets.get(asset)
      return ranges === undefined ? [] : [{ computation, ranges }]
    }),
  )
  return stillStale(evaluation, staleAfter(evaluation, { work }))
}

/** Of some partitions those that are not fresh. */
export function stillStale(evaluation: Evaluation, partitions: Partitions): Partitions {
  const stale = new Map<string, readonly PartitionRange[]>()
  for (const computation of evaluation.graph.computations) {
    const open = rangesWhere(evaluation, computation, (bits) => (bits & facts.fresh) === 0)
    const ranges = commonRanges(partitions.get(computation.name) ?? [], open)
    if (ranges.length > 0) stale.set(computation.name, ranges)
  }
  return stale
}

/** Something that may be made with all that stands below it, and the command that does so. */
export interface Root {
  readonly targets: Targets
  readonly command: string
}

/** The asset that was asked for, then all that was made on the way. */
export function rootsOf(
  { graph }: Evaluation,
  asked: { readonly name: string; readonly flags: PartitionFlags; readonly targets: Targets },
  { work }: Plan,
): readonly Root[] {
  const made = work.flatMap(({ computation: { outputs }, ranges }): Root[] => {
    const asset = graph.assets.get(outputs[0]?.asset ?? "")
    const [first, last] = [ranges[0], ranges.at(-1)]
    if (asset?.kind !== "asset" || first === undefined || last === undefined) return []
    const key = (index: number) => partitionKey(asset.partitions, index)
    const targets = new Map([[asset.name, [{ from: first.from, to: last.to }]]])
    const flags = { from: key(first.from), to: key(last.to) }
    return "start" in asset.partitions ? [{ targets, command: mending(asset.name, flags) }] : []
  })
  return [{ targets: asked.targets, command: mending(asked.name, asked.flags) }, ...made]
}

function mending(name: string, flags: PartitionFlags): string {
  const isOne = flags.from !== undefined && flags.from === flags.to
  const named = isOne ? { date: flags.from } : flags
  return commandText("freshet backfill", [name], { ...named, downstream: true })
}

/** The fewest of the commands, taken in turn, that make all of this that they can make. */
export function mendingCommands(
  evaluation: Evaluation,
  stale: Partitions,
  roots: readonly Root[],
): readonly string[] {
  let left = stale
  const commands: string[] = []
  for (const { targets, command } of roots) {
    if (left.size === 0) break
    const rest = without(left, staleBelow(evaluation, targets))
    if (countOf(rest) < countOf(left)) commands.push(command)
    left = rest
  }
  return commands
}

function without(partitions: Partitions, others: Partitions): Partitions {
  const left = [...partitions].map(
    ([name, ranges]) => [name, rangesWithout(ranges, others.get(name) ?? [])] as const,
  )
  return new Map(left.filter(([, ranges]) => ranges.length > 0))
}

function countOf(partitions: Partitions): number {
  return partitionCount([...partitions.values()].flat())
}
