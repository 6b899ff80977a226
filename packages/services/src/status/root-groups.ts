import {
  type Computation,
  type Evaluation,
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
import type { CauseChain } from "./cause-path.ts"

/** Root partitions of one computation with the same status. */
export interface RootGroup {
  readonly computation: Computation
  readonly ranges: readonly PartitionRange[]
  readonly status: Exclude<Status, { kind: "fresh" }>
}

/** The root groups of a plan, and the work through which they reach its targets. */
export interface RootGroups {
  readonly chain: CauseChain
  /** Nearest to the sources first, with changed inputs by name. */
  readonly groups: readonly RootGroup[]
}

/** Finds the partitions of a plan in which the staleness begins. */
export async function findRootGroups({ project, plan }: ProjectPlan): Promise<RootGroups> {
  const { evaluation } = project
  const chain = collectCauseChain(plan)
  const groups = evaluation.graph.computations.flatMap((computation) =>
    listRootGroups(evaluation, plan, computation, chain.get(computation.name) ?? []),
  )
  return { chain, groups: await addChangedInputs(project, groups) }
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
function listRootGroups(
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
