import {
  intersectRangeLists,
  joinRanges,
  listArrivalTargets,
  listNewestTargets,
  listPublishedAssets,
  type PartitionRange,
  type PlanRequest,
  toPlanRequest,
} from "@freshet/core/engine"
import type { RunProgress } from "@freshet/io"

import { countAllPartitions } from "../asset-partitions.ts"
import type { Project } from "../project.ts"
import { addDownstream } from "../run/backfill-downstream.ts"
import { readRetryableRun } from "../run/retryable-run.ts"
import type {
  BackfillTarget,
  MaterializeTarget,
  PublishTarget,
  RetryTarget,
  RunTarget,
  TickTarget,
} from "../run/run-request.ts"
import type { AwaitedPartitions } from "./awaited-partitions.ts"
import { toPlanState } from "./only-state.ts"
import {
  type ExistingTargets,
  hasPartitionArguments,
  resolveExistingTargets,
} from "./partition-arguments.ts"
import { selectAsset, selectAssets } from "./select-assets.ts"

type Targets = PlanRequest["targets"]

/** The partitions of a request in one state of the project. */
export interface ResolvedTargets {
  readonly planRequest: PlanRequest
  /** The partitions that a person named; a plan reports those that it leaves out. */
  readonly namedTargets: Targets
  /** The number of partitions named by a range. */
  readonly requestedCount: number
  /** The requested partitions that do not exist yet. */
  readonly awaited: readonly AwaitedPartitions[]
  /** True when a person named assets or partitions. */
  readonly isExplicit: boolean
}

/** Resolves the partitions of a request; fails with every problem of the request. */
export async function resolveRunTarget(
  project: Project,
  target: RunTarget,
): Promise<ResolvedTargets> {
  switch (target.kind) {
    case "materialize":
      return resolveMaterialize(project, target)
    case "backfill":
      return resolveBackfill(project, target)
    case "retry":
      return resolveRetry(project, target)
    case "tick":
      return withoutNames(resolveTick(project, target))
    case "publish":
      return resolvePublish(project, target)
    case "saved_plan":
      return withoutNames(toPlanRequest(project.evaluation, target.plan))
  }
}

function resolveTick(
  { evaluation }: Project,
  { assets, tickMs, arrived }: TickTarget,
): PlanRequest {
  const targets =
    arrived === undefined
      ? listNewestTargets(evaluation, assets, tickMs)
      : listArrivalTargets(evaluation, assets, arrived)
  return { targets, publish: true }
}

/** Requests no partitions of the assets, so that the plan has no steps. */
function resolvePublish(project: Project, { selection }: PublishTarget): ResolvedTargets {
  const names = new Set(selectAssets(project, selection))
  const assets = listPublishedAssets(project.graph).filter(({ name }) => names.has(name))
  return withoutNames({ targets: new Map(assets.map(({ name }) => [name, []])), publish: true })
}

function withoutNames(planRequest: PlanRequest): ResolvedTargets {
  const namedTargets: Targets = new Map()
  return { planRequest, namedTargets, requestedCount: 0, awaited: [], isExplicit: false }
}

function resolveMaterialize(project: Project, target: MaterializeTarget): ResolvedTargets {
  const { selection, partitions, only, publish, repin = false } = target
  const names = selectAssets(project, selection)
  const { targets, awaited } = resolveExistingTargets(project, names, partitions)
  const hasRange = partitions.from !== undefined || partitions.to !== undefined
  return {
    planRequest: {
      targets,
      only: toPlanState(only),
      publish,
      repinned: repin ? targets : undefined,
    },
    namedTargets: hasPartitionArguments(partitions) ? targets : new Map(),
    requestedCount: hasRange ? countAllPartitions(targets) : 0,
    awaited,
    isExplicit: selection.length > 0 || hasPartitionArguments(partitions),
  }
}

function resolveBackfill(project: Project, target: BackfillTarget): ResolvedTargets {
  const { targets, awaited } = resolveBackfillTargets(project, target)
  const repinned = target.repin === true ? targets : undefined
  const request = { targets, only: toPlanState(target.only), publish: true, repinned }
  return {
    planRequest: target.downstream ? addDownstream(project, request) : request,
    namedTargets: targets,
    requestedCount: countAllPartitions(targets),
    awaited,
    isExplicit: true,
  }
}

/** Resolves the named partitions of a backfill. */
export function resolveBackfillTargets(
  project: Project,
  { asset, partitions }: Pick<BackfillTarget, "asset" | "partitions">,
): ExistingTargets {
  return resolveExistingTargets(project, [selectAsset(project, asset).name], partitions)
}

async function resolveRetry(
  project: Project,
  { run: id, publish }: RetryTarget,
): Promise<ResolvedTargets> {
  const { progress } = await readRetryableRun(project, id)
  return withoutNames({ targets: listPlannedTargets(project, progress), publish })
}

/** Lists the partitions that a run has planned, of those that exist. */
export function listPlannedTargets({ graph, evaluation }: Project, progress: RunProgress): Targets {
  const targets = new Map<string, readonly PartitionRange[]>()
  for (const { name, outputs } of graph.computations)
    for (const { asset } of outputs) {
      const bounds = evaluation.bounds.get(asset)
      const plannedRanges = joinRanges(progress.get(name)?.planned ?? [])
      const ranges = bounds === undefined ? [] : intersectRangeLists(plannedRanges, [bounds])
      if (ranges.length > 0) targets.set(asset, ranges)
    }
  return targets
}
