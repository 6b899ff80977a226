import type { Asset } from "@freshet/core"
import {
  type Cause,
  type Evaluation,
  getAsset,
  getAssetStatus,
  type PartitionRange,
  type Status,
} from "@freshet/core/engine"

import type { ProjectPlan } from "../project.ts"
import { type CauseChain, findCausePath, type PathStop } from "./cause-path.ts"
import { findRootGroups, type RootGroup } from "./root-groups.ts"

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
  const { chain, groups } = await findRootGroups({ project, plan })
  const roots = groups.flatMap((group) => toRootCauses(evaluation, group, chain, asset.name))
  const [firstGroup] = groups
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
