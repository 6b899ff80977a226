import type { Asset } from "@freshet/core"
import { type Evaluation, formatInstant, formatPartitionKey, groupBy } from "@freshet/core/engine"
import type { NewAlert } from "@freshet/io"

import type { Project } from "../project.ts"
import { type Deadline, findOverdue } from "../status/deadline.ts"
import { describeDelay } from "../status/describe-delay.ts"

/** An asset with an overdue partition and the root cause. */
interface OverdueAsset extends Deadline {
  readonly text: string
  readonly cause: string
}

/** Lists the alerts of overdue assets, one per root cause. */
export function listOverdueAlerts({ evaluation, nowMs }: Project): readonly NewAlert[] {
  const overdueAssets = [...evaluation.graph.assets.values()].flatMap((asset) => {
    if (asset.kind === "source") return []
    const overdue = findOverdue(evaluation, asset, nowMs)
    return overdue === undefined ? [] : [describeOverdue(evaluation, asset, overdue)]
  })
  return [...groupBy(overdueAssets, ({ cause }) => cause)].map(([cause, assets]) =>
    toAlert(cause, assets),
  )
}

function describeOverdue(evaluation: Evaluation, asset: Asset, overdue: Deadline): OverdueAsset {
  const { partition } = overdue
  const key = formatPartitionKey(asset.partitions, partition)
  const cause = describeDelay(evaluation, asset, partition)
  return { ...overdue, text: `${asset.name} ${key}`, cause }
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
