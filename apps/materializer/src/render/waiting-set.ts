import { formatInstant, groupBy } from "@freshet/core/engine"
import type { WaitingSetDocument } from "@freshet/services"

import { formatSetPartition } from "./set-partition.ts"

/** Formats a publication set that cannot move, and the command that helps: `s 2026-01-31 is not published: it waits for late (its newest partition is 2026-01-30).` */
export function formatWaitingSet({
  set,
  partition,
  waits_for: awaitedAssets,
  overdue_since: overdueSince,
  command,
}: WaitingSetDocument): readonly string[] {
  const assets = [...groupBy(awaitedAssets, ({ reason }) => reason)].map(formatAwaited)
  const overdueText =
    overdueSince === null ? "" : ` It is overdue since ${formatInstant(Date.parse(overdueSince))}.`
  const name = formatSetPartition(set, partition)
  return [
    `${name} is not published: it waits for ${assets.join(", ")}.${overdueText}`,
    ...(command === null
      ? []
      : [`  \`${command}\` materializes what it waits for, and publishes.`]),
  ]
}

/** Formats the assets that are awaited for the same reason. */
function formatAwaited([reason, assets]: readonly [string, WaitingSetDocument["waits_for"]]) {
  const names = assets.map(({ asset }) => asset).join(", ")
  return `${names} (${assets.length === 1 ? reason : reason.replace(/^its /, "their ")})`
}
