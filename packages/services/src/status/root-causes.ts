import type { AnyAsset, Asset } from "@freshet/core"
import {
  type Cause,
  type Computation,
  type Evaluation,
  formatPartitionKey,
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
import { formatPartitionFlag } from "../plan/command-text.ts"
import type { ProjectPlan } from "../project.ts"
import { type PathStop, type CauseChain, findCausePath } from "./cause-path.ts"

/** Why a partition is not up to date, followed back to where it begins. */
export interface PartitionExplanation {
  readonly asset: string
  readonly partition: number
  readonly status: Status
  /** What began it, nearest to the sources first; each with all the partitions that share it. */
  readonly roots: readonly RootCause[]
  /** From the first root to the partition asked about. */
  readonly path: readonly PathStop[]
}

export interface RootCause {
  readonly asset: string
  readonly partitions: readonly PartitionRange[]
  readonly status: Status
  /** Why the asset's rows are not what they should be, with the inputs that changed by name. */
  readonly causes: readonly Cause[]
}

/** Partitions of one computation in which something begins, with their status. */
interface RootGroup {
  readonly computation: Computation
  readonly ranges: readonly PartitionRange[]
  readonly status: Exclude<Status, { kind: "fresh" }>
}

/** Follows causes upstream from one partition to where they begin; the plan is the one that makes just this partition. */
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

/** Everything that has to be made, or waits, before the partition can be right. */
function collectCauseChain({ work, blocked }: Plan): CauseChain {
  const chain = new Map<string, readonly PartitionRange[]>()
  for (const { computation, ranges } of [...work, ...blocked])
    chain.set(computation.name, joinRanges([...(chain.get(computation.name) ?? []), ...ranges]))
  return chain
}

/** Of so many waiting partitions of a computation it is found out what they wait for. */
const maxInspectedPartitions = 1000

/** The partitions for which nothing upstream is to blame: what changed is read by them, or they are there for the first time. */
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
    const key = `${status.kind} ${status.blocker ?? ""}`
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

/** One cause for each output through which it reaches the partition asked about. */
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
