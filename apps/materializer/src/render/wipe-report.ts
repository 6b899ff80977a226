import {
  countPartitions,
  formatBytes,
  formatCount,
  formatPartitions,
  formatQuantity,
  type Graph,
  type PartitionRange,
} from "@freshet/core/engine"
import type { WipeReport } from "@freshet/services"

import { type TerminalStyle, paint } from "../terminal/terminal-style.ts"
import { formatSetPartition } from "./set-partition.ts"

/** What was forgotten, or would be, and what comes of it; at the end the command that makes it again. */
export function formatWipeReport(
  report: WipeReport,
  isDryRun: boolean,
  recomputeCommand: string | undefined,
  style: TerminalStyle,
): readonly string[] {
  const { project, assets, materializations, published } = report
  const { graph } = project
  if (materializations === 0)
    return [`Nothing is kept of ${assets.join(", ")} there: there is nothing to forget.`]
  return [
    formatHeadline(report, isDryRun),
    ...formatSiblingOutputs(assets),
    "The files stay in the lake until `freshet gc` removes them.",
    ...published.map(
      ({ set, partitionKey }) =>
        `What is published stays as it is: ${formatSetPartition(set, partitionKey)}.`,
    ),
    ...formatStaleDownstream(report, style),
    ...formatReaders(graph, report.readers, style),
    ...(isDryRun || recomputeCommand === undefined
      ? []
      : [`To make it again: \`${recomputeCommand}\``]),
  ]
}

function formatHeadline(report: WipeReport, isDryRun: boolean): string {
  const { project, assets, partitions, materializations, files, bytes } = report
  const [asset = ""] = assets
  const name = `${asset} ${formatPartitions(project.graph, asset, partitions)}`.trim()
  const partitionTotal = countPartitions(partitions)
  const counts = `${formatQuantity(materializations, "materialization")}, ${formatQuantity(files, "file")}, ${formatBytes(bytes)}`
  const verb = isDryRun ? "would count" : partitionTotal === 1 ? "counts" : "count"
  const target = partitionTotal === 1 ? name : `${name} (${formatCount(partitionTotal)} partitions)`
  return `${target} ${verb} as never made${isDryRun ? "" : " now"}: ${counts}.`
}

function formatSiblingOutputs([asset, ...siblings]: readonly string[]): readonly string[] {
  if (asset === undefined || siblings.length === 0) return []
  return [
    `So ${siblings.length === 1 ? "does" : "do"} ${siblings.join(", ")}, made together with it.`,
  ]
}

function formatStaleDownstream(
  { project, becomesStale }: WipeReport,
  style: TerminalStyle,
): readonly string[] {
  const { graph } = project
  if (becomesStale.size === 0) return ["Nothing downstream becomes stale by it."]
  const names = [...becomesStale].map(([computation, partitions]) => {
    const output = graph.computations.find(({ name }) => name === computation)?.outputs[0]
    return `  ${computation} ${formatPartitions(graph, output?.asset ?? "", partitions)}`.trimEnd()
  })
  return [
    paint(style, "stale", "Not up to date by it, until the same rows are there again:"),
    ...names,
  ]
}

function formatReaders(
  graph: Graph,
  readers: ReadonlyMap<string, readonly PartitionRange[]>,
  style: TerminalStyle,
): readonly string[] {
  if (readers.size === 0) return []
  const names = [...readers].map(([asset, partitions]) =>
    `  ${asset} ${formatPartitions(graph, asset, partitions)}`.trimEnd(),
  )
  return [
    paint(style, "stale", "Made from it, so `--inputs recorded` cannot make these again:"),
    ...names,
  ]
}
