import { formatBytes, formatCount, formatQuantity } from "@freshet/core/engine"
import type { WipeDocument } from "@freshet/services"

import { paint, type TerminalStyle } from "../terminal/terminal-style.ts"
import { formatComputationPartitions } from "./backfill-impact.ts"
import { formatSetPartition } from "./set-partition.ts"

/** Formats a wipe, or a preview of one: the wiped records, the consequences, and the command that materializes again. */
export function formatWipe(document: WipeDocument, style: TerminalStyle): readonly string[] {
  const { dry_run: isDryRun, assets, materializations, published, readers, command } = document
  if (materializations === 0) return [`No records of ${assets.join(", ")} there: nothing to wipe.`]
  return [
    formatHeadline(document),
    ...formatSiblingOutputs(assets),
    "The files stay in the lake until `freshet gc` deletes them.",
    ...published.map(
      ({ set, partition }) => `The published tables stay at ${formatSetPartition(set, partition)}.`,
    ),
    ...formatStaleDownstream(document, style),
    ...(readers.length === 0
      ? []
      : [
          paint(
            style,
            "stale",
            "These read the wiped rows; --inputs recorded cannot recompute them:",
          ),
          ...readers.map(({ asset, partitions_text: text }) => `  ${asset} ${text}`.trimEnd()),
        ]),
    ...(isDryRun || command === null ? [] : [`To materialize again: \`${command}\``]),
  ]
}

function formatHeadline(document: WipeDocument): string {
  const { dry_run: isDryRun, assets, partitions_text: text, count } = document
  const { materializations, files, bytes } = document
  const name = `${assets[0] ?? ""} ${text}`.trim()
  const target = count === 1 ? name : `${name} (${formatCount(count)} partitions)`
  const counts = `${formatQuantity(materializations, "materialization")}, ${formatQuantity(files, "file")}, ${formatBytes(bytes)}`
  return `${target} ${isDryRun ? "would be wiped" : "wiped"}: ${counts}.`
}

function formatSiblingOutputs([asset, ...siblings]: readonly string[]): readonly string[] {
  if (asset === undefined || siblings.length === 0) return []
  return [`The same computation materializes ${siblings.join(", ")}: included.`]
}

function formatStaleDownstream(
  { becomes_stale: stale }: WipeDocument,
  style: TerminalStyle,
): readonly string[] {
  if (stale.length === 0) return ["Nothing downstream becomes stale."]
  return [
    paint(style, "stale", "Stale downstream until the same rows are materialized again:"),
    ...stale.map(formatComputationPartitions),
  ]
}
