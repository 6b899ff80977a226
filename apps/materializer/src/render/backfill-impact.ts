import {
  formatPartitions,
  formatQuantity,
  getPartitionNoun,
  type Graph,
  type PartitionRange,
  type Publication,
} from "@freshet/core/engine"

import { type TerminalStyle, paint } from "../terminal/terminal-style.ts"

/** What a backfill left as it was. */
export interface BackfillImpact {
  /** What the asset's publication set shows; undefined for an asset that is not published. */
  readonly publication: Publication | undefined
  /** Computation → partitions that read what was made and have not been made anew. */
  readonly staleDownstream: ReadonlyMap<string, readonly PartitionRange[]>
  /** What mends that, one after the other; none where no backfill does. */
  readonly commands: readonly string[]
}

export function formatBackfillImpact(
  graph: Graph,
  { publication, staleDownstream, commands }: BackfillImpact,
  style: TerminalStyle,
): readonly string[] {
  const publicationLines =
    publication === undefined
      ? []
      : [
          `The published tables of ${publication.set} show ${publication.partitionKey}, the newest ${getSetNoun(graph, publication)}; a backfill of the past does not change them.`,
        ]
  if (staleDownstream.size === 0) return [...publicationLines, "Nothing downstream became stale."]
  const names = [...staleDownstream].map(([computation, partitions]) => {
    const output = graph.computations.find(({ name }) => name === computation)?.outputs[0]
    return `  ${computation} ${formatPartitions(graph, output?.asset ?? "", partitions)}`.trimEnd()
  })
  return [
    ...publicationLines,
    paint(
      style,
      "stale",
      `${formatQuantity(staleDownstream.size, "computation")} downstream became stale:`,
    ),
    ...names,
    ...formatCommands(commands),
  ]
}

function formatCommands([first, ...laterCommands]: readonly string[]): readonly string[] {
  if (first === undefined) return []
  if (laterCommands.length === 0) return [`To make them as well: \`${first}\``]
  return [
    "To make them as well:",
    ...[first, ...laterCommands].map((command) => `  \`${command}\``),
  ]
}

function getSetNoun({ assets }: Graph, { set }: Publication): string {
  for (const asset of assets.values())
    if (asset.kind === "asset" && asset.publish?.set === set)
      return getPartitionNoun(asset.partitions)
  return "partition"
}
