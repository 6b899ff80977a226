import { countPartitions, type FailedChecks, formatCauses } from "@freshet/core/engine"

import { createRangeConverter } from "../partition-keys.ts"
import type { Cost } from "../plan/cost.ts"
import type { CostedGroup, PlanDetails, BlockedGroup } from "../plan/plan-details.ts"
import type { Project } from "../project.ts"
import { toCauseDocuments } from "../status/status-document.ts"

/** A plan as JSON: what is made for one reason is one entry, its partitions are ranges. */
export function toPlanDocument(project: Project, details: PlanDetails): object {
  const { plan, groups, cost, blocked, skipped, failedChecks } = details
  const toRangeDocuments = createRangeConverter(project)
  return {
    targets: [...plan.targets].map(([asset, ranges]) => ({
      asset,
      partitions: toRangeDocuments(asset, ranges),
    })),
    steps: [
      ...plan.checks.map(({ asset, ranges }) => ({
        kind: "check",
        asset: asset.name,
        partitions: toRangeDocuments(asset.name, ranges),
        count: countPartitions(ranges),
        reason: "its checks changed",
        predicted: null,
      })),
      ...groups.map((group) => toGroupDocument(project, group)),
    ],
    publications: plan.publications.map(({ set, key, assets, published: previousPublication }) => ({
      set,
      partition: key,
      assets,
      shows: previousPublication?.partitionKey ?? null,
    })),
    waiting: toBlockedDocuments(project, blocked),
    refused: toFailedCheckDocuments(project, failedChecks),
    skipped: skipped.map(({ asset, ranges, state }) => ({
      asset,
      partitions: toRangeDocuments(asset, ranges),
      count: countPartitions(ranges),
      status: state,
    })),
    predicted: toCostDocument(cost.estimate),
    without_history: cost.withoutHistory,
  }
}

function toCostDocument(cost: Cost | undefined): object | null {
  if (cost === undefined) return null
  const { rows, bytes, ms, msP90 } = cost
  return { rows, bytes, ms, ms_p90: msP90 }
}

function toGroupDocument(project: Project, group: CostedGroup): object {
  const { computation, ranges, status, cost } = group
  const outputs = computation.outputs.map(({ asset }) => asset)
  return {
    kind: "materialize",
    computation: computation.name,
    outputs,
    partitions: createRangeConverter(project)(outputs[0] ?? "", ranges),
    count: countPartitions(ranges),
    reason: formatCauses(project.graph, status),
    status: status.kind,
    causes: toCauseDocuments(project, status.causes),
    predicted: toCostDocument(cost),
  }
}

/** What is refused as JSON. */
export function toFailedCheckDocuments(
  project: Project,
  failedChecks: readonly FailedChecks[],
): readonly object[] {
  return failedChecks.map(({ asset, ranges, blocker }) => ({
    asset,
    partitions: createRangeConverter(project)(asset, ranges),
    count: countPartitions(ranges),
    stands_on: blocker ?? null,
  }))
}

/** What waits as JSON. */
export function toBlockedDocuments(
  project: Project,
  blockedGroups: readonly BlockedGroup[],
): readonly object[] {
  return blockedGroups.map(({ computation, ranges, blocker }) => ({
    computation: computation.name,
    partitions: createRangeConverter(project)(computation.outputs[0]?.asset ?? "", ranges),
    count: countPartitions(ranges),
    waits_for: blocker ?? null,
  }))
}
