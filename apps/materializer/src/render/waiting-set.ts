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
  const assets = awaitedAssets.map(({ asset, reason }) => `${asset} (${reason})`).join(", ")
  const overdueText = overdueSince === null ? "" : ` It is overdue since ${overdueSince}.`
  const name = formatSetPartition(set, partition)
  return [
    `${name} is not published: it waits for ${assets}.${overdueText}`,
    ...(command === null
      ? []
      : [`  \`${command}\` materializes what it waits for, and publishes.`]),
  ]
}
