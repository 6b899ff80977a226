import type { Asset } from "@freshet/core"
import {
  type Cause,
  type Computation,
  type Evaluation,
  getAsset,
  getAssetStatus,
  getStatus,
  groupByReason,
  joinRanges,
  listPartitions,
  type PartitionRange,
  type Plan,
  stateFlags,
  stateFlagsAt,
  type Status,
  toRanges,
} from "@freshet/core/engine"

import { addChangedInputs } from "../plan/changed-inputs.ts"
import type { ProjectPlan } from "../project.ts"
import { type PathStop, type CauseChain, findCausePath } from "./cause-path.ts"

/** The status of a partition with its root causes. */
export interface PartitionExplanation {
  readonly asset: string
  readonly partition: number
  readonly status: Status
  /** Root causes, nearest to the sources first; each with all the partitions that share it. */
  readonly roots: readonly RootCause[]
  /** The path from the first root to the partition. */
  readonly path: readonly PathStop[]
}

export interface RootCause {
  readonly asset: string
  readonly partitions: readonly PartitionRange[]
  readonly status: Status
  /** The causes, with the changed inputs by name. */
  readonly causes: readonly Cause[]
}

/** Root partitions of one computation with the same status. */
interface RootGroup {
  readonly computation: Computation
  readonly ranges: readonly PartitionRange[]
  readonly status: Exclude<Status, { kind: "fresh" }>
}

/** Follows causes upstream from one partition to the roots; the plan materializes this partition alone. */
export async function explainPartition(
  { project, plan }: ProjectPlan,
  asset: Asset,
  partition: number,
): Promise<PartitionExplanation> {
  const { evaluation } = project
  const status = getAssetStatus(evaluation, asset, partition)
  const summary = { asset: asset.name, partition, status }
  if (status.kind === "fresh") return { ...summary, roots: [], path: [] }
  const chain = collectCauseChain(plan)
  const rootGroups = evaluation.graph.computations.flatMap((computation) =>
    findRootGroups(evaluation, plan, computation, chain.get(computation.name) ?? []),
  )
  const groupsWithInputs = await addChangedInputs(project, rootGroups)
  const roots = groupsWithInputs.flatMap((group) =>
    toRootCauses(evaluation, group, chain, asset.name),
  )
  const [firstGroup] = groupsWithInputs
  const firstPartition = firstGroup?.ranges[0]?.from
  const path =
    firstGroup === undefined || firstPartition === undefined
      ? []
      : findCausePath(evaluation, chain, summary, {
          computation: firstGroup.computation,
          index: firstPartition,
        })
  return { ...summary, roots, path }
}

/** Collects the work and the blocked work that comes before the partition. */
function collectCauseChain({ work, blocked }: Plan): CauseChain {
  const chain = new Map<string, readonly PartitionRange[]>()
  for (const { computation, ranges } of [...work, ...blocked])
    chain.set(computation.name, joinRanges([...(chain.get(computation.name) ?? []), ...ranges]))
  return chain
}

/** The number of blocked partitions of a computation whose blockers are determined. */
const maxInspectedPartitions = 1000

/** Finds the partitions without a cause upstream: their inputs or their code changed, or they are missing. */
function findRootGroups(
  evaluation: Evaluation,
  plan: Plan,
  computation: Computation,
  ranges: readonly PartitionRange[],
): readonly RootGroup[] {
  const rootPartitions: number[] = []
  const blockedGroups = new Map<
    string,
    { readonly status: RootGroup["status"]; readonly at: number[] }
  >()
  let inspectedCount = 0
  for (const index of listPartitions(ranges)) {
    const bits = stateFlagsAt(evaluation, computation, index)
    if ((bits & (stateFlags.unknown | stateFlags.blocked)) === 0) rootPartitions.push(index)
    if ((bits & stateFlags.blocked) === 0 || inspectedCount >= maxInspectedPartitions) continue
    inspectedCount += 1
    const status = getStatus(evaluation, computation, index)
    if (status.kind === "fresh" || status.causes.some(({ kind }) => kind === "upstream")) continue
    const key = `${status.kind} ${status.blocker?.text ?? ""}`
    const blockedGroup = blockedGroups.get(key)
    if (blockedGroup === undefined) blockedGroups.set(key, { status, at: [index] })
    else blockedGroup.at.push(index)
  }
  const work =
    rootPartitions.length === 0 ? [] : [{ computation, ranges: toRanges(rootPartitions) }]
  return [
    ...groupByReason(evaluation, { ...plan, work }),
    ...[...blockedGroups.values()].map(({ status, at }) => ({
      computation,
      ranges: toRanges(at),
      status,
    })),
  ]
}

/** Creates one root cause for each output through which it reaches the target. */
function toRootCauses(
  { graph }: Evaluation,
  { computation, ranges, status }: RootGroup,
  chain: CauseChain,
  targetAsset: string,
): readonly RootCause[] {
  const leadsToTarget = (name: string): boolean =>
    name === targetAsset ||
    (graph.downstream.get(name) ?? []).some((reader) => {
      const { computation: readingComputation } = getAsset(graph, reader)
      return readingComputation.name !== computation.name && chain.has(readingComputation.name)
    })
  const { causes } = status
  return computation.outputs
    .filter(({ asset }) => leadsToTarget(asset))
    .map(({ asset }) => ({ asset, partitions: ranges, status, causes }))
}
