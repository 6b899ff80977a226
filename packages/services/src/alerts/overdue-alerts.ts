import type { Asset } from "@freshet/core"
import {
  type Evaluation,
  findAwaitedFiles,
  formatBlocker,
  formatInstant,
  formatPartitionKey,
  getAssetStatus,
  groupBy,
} from "@freshet/core/engine"
import type { NewAlert } from "@freshet/io"

import type { Project } from "../project.ts"
import { findOverdueAsset } from "../status/asset-state.ts"
import type { Overdue } from "../status/overdue.ts"

/** An asset with an overdue partition and the root cause. */
interface OverdueAsset extends Overdue {
  readonly text: string
  readonly cause: string
}

/** Lists the alerts of overdue assets, one per root cause. */
export function listOverdueAlerts({ evaluation, nowMs }: Project): readonly NewAlert[] {
  const overdueAssets = [...evaluation.graph.assets.values()].flatMap((asset) => {
    if (asset.kind === "source") return []
    const overdue = findOverdueAsset(evaluation, asset, nowMs)
    return overdue === undefined ? [] : [describeOverdue(evaluation, asset, overdue)]
  })
  return [...groupBy(overdueAssets, ({ cause }) => cause)].map(([cause, assets]) =>
    toAlert(cause, assets),
  )
}

function describeOverdue(evaluation: Evaluation, asset: Asset, overdue: Overdue): OverdueAsset {
  const { partition } = overdue
  const key = formatPartitionKey(asset.partitions, partition)
  return { ...overdue, text: `${asset.name} ${key}`, cause: findCause(evaluation, asset, overdue) }
}

/** Finds the root cause: files that have not landed, an unusable or failed upstream, or the asset itself. */
function findCause(evaluation: Evaluation, asset: Asset, { partition }: Overdue): string {
  const awaited = findAwaitedFiles(evaluation, asset, { from: partition, to: partition })
  if (awaited !== undefined) return formatBlocker(awaited)
  const status = getAssetStatus(evaluation, asset, partition)
  if (status.kind === "failed") return `${asset.name} failed: ${status.failure.message}`
  if (status.kind !== "fresh" && status.blocker !== undefined) return formatBlocker(status.blocker)
  return `no run has materialized ${asset.group} ${formatPartitionKey(asset.partitions, partition)}`
}

const mostNames = 5

function toAlert(cause: string, assets: readonly OverdueAsset[]): NewAlert {
  const dueMs = Math.min(...assets.map((asset) => asset.dueMs))
  const names = assets.slice(0, mostNames).map(({ text }) => text)
  const more = assets.length > mostNames ? ` and ${assets.length - mostNames} more` : ""
  return {
    key: `overdue: ${cause}`,
    title: `Overdue since ${formatInstant(dueMs)}: ${names.join(", ")}${more}`,
    detail: cause,
  }
}
