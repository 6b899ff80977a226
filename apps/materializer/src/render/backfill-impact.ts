import { formatQuantity } from "@freshet/core/engine"
import type { ComputationPartitionsDocument, ImpactDocument } from "@freshet/services"

import { paint, type TerminalStyle } from "../terminal/terminal-style.ts"

/** Formats the consequences of a backfill: the unchanged publication and the stale partitions downstream. */
export function formatImpact(
  { publication, stale_downstream: staleDownstream, commands }: ImpactDocument,
  style: TerminalStyle,
): readonly string[] {
  const publicationLines =
    publication === null
      ? []
      : [
          `The published tables of ${publication.set} stay at ${publication.partition}, the newest ${publication.partition_noun}.`,
        ]
  if (staleDownstream.length === 0) return [...publicationLines, "Nothing downstream became stale."]
  const headline = `${formatQuantity(staleDownstream.length, "computation")} downstream became stale:`
  return [
    ...publicationLines,
    paint(style, "stale", headline),
    ...staleDownstream.map(formatComputationPartitions),
    ...formatCommands(commands),
  ]
}

/** Formats partitions of a computation as an item of a list. */
export function formatComputationPartitions({
  computation,
  partitions_text: text,
}: ComputationPartitionsDocument): string {
  return `  ${computation} ${text}`.trimEnd()
}

function formatCommands(commands: readonly string[]): readonly string[] {
  const [command] = commands
  if (command === undefined) return []
  if (commands.length === 1) return [`To rebuild them: \`${command}\``]
  return ["To rebuild them:", ...commands.map((text) => `  \`${text}\``)]
}
