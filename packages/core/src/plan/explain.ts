import { type PartitionRange, formatPartitionKey, type Static } from "../declare/partition.ts"
import { formatWindow } from "../declare/window.ts"
import { formatBlocker } from "../evaluate/blocker.ts"
import type { Failure } from "../evaluate/ledger-snapshot.ts"
import type { Cause, ChangedInput, Status } from "../evaluate/staleness.ts"
import type { LostFileKind } from "../evaluate/states.ts"
import type { Graph } from "../graph/graph.ts"
import { countPartitions, listPartitions } from "../partitions/range-algebra.ts"

/** The number of ranges that are written out. */
const maxRanges = 12

/** The number of keys that are written out. */
const maxKeys = 6

/** Formats partitions: `2026-01-03 to 2026-01-05, 2026-01-09`, the first ones of many ranges; `oslo, "são paulo"` or `all 9 keys` of a set. */
export function formatPartitions(
  graph: Graph,
  asset: string,
  ranges: readonly PartitionRange[],
): string {
  const definition = graph.assets.get(asset)?.partitions
  if (definition === undefined || definition.kind === "none") return ""
  if (definition.kind === "static") return formatKeys(definition, ranges)
  const listedRanges = ranges.length > maxRanges ? ranges.slice(0, maxRanges - 1) : ranges
  const texts = listedRanges.map(({ from, to }) => {
    const [first, last] = [formatPartitionKey(definition, from), formatPartitionKey(definition, to)]
    return from === to ? first : `${first} to ${last}`
  })
  const omittedCount = ranges.length - listedRanges.length
  return [...texts, ...(omittedCount > 0 ? [`${omittedCount} more ranges`] : [])].join(", ")
}

/** Formats keys one by one, since their order is arbitrary. */
function formatKeys(definition: Static, ranges: readonly PartitionRange[]): string {
  const count = countPartitions(ranges)
  if (count > 1 && count === definition.keys.length)
    return `all ${count.toLocaleString("en-US")} keys`
  const keys: string[] = []
  for (const index of listPartitions(ranges)) {
    if (keys.length === maxKeys) break
    keys.push(formatKey(formatPartitionKey(definition, index)))
  }
  const omittedCount = count - keys.length
  return omittedCount === 0
    ? keys.join(", ")
    : `${keys.join(", ")} and ${omittedCount.toLocaleString("en-US")} more`
}

/** Quotes a key that contains separators. */
function formatKey(key: string): string {
  return /[\s,;:"'`]/.test(key) ? JSON.stringify(key) : key
}

/** Formats a status in words. */
export function formatStatus(graph: Graph, status: Status): string {
  if (status.kind === "fresh") return "fresh"
  if (status.blocker !== undefined) return formatBlocker(status.blocker)
  if (status.kind === "failed") return formatFailure(status.failure)
  const isLost = status.causes.some(({ kind }) => kind === "file")
  if (status.kind === "missing" && !isLost) return "never materialized"
  return status.causes.map((cause) => formatCause(graph, cause)).join("; ")
}

function formatFailure({ outcome, message, checks }: Failure): string {
  return outcome === "checks_failed" && checks.length > 0
    ? `${checks.length === 1 ? "check" : "checks"} ${checks.join(", ")} failed`
    : `failed before: ${takeFirstLine(message)}`
}

/** Formats a cause in words. */
export function formatCause(graph: Graph, cause: Cause): string {
  switch (cause.kind) {
    case "code":
      return "its code changed"
    case "file":
      return lostFileTexts[cause.file]
    case "input":
      return cause.changed.length === 0
        ? "its inputs changed"
        : cause.changed.map((input) => formatChangedInput(graph, input)).join("; ")
    case "upstream":
      return `upstream ${formatAssetPartitions(graph, cause.asset, cause.partitions)} will be rebuilt`
  }
}

const lostFileTexts: Readonly<Record<LostFileKind, string>> = {
  missing: "file missing, will be rebuilt",
  damaged: "file damaged, will be rebuilt",
  read_damaged: "materialized from a damaged file, will be rebuilt",
}

function formatChangedInput(graph: Graph, { asset, partitions }: ChangedInput): string {
  return `${formatAssetPartitions(graph, asset, partitions)} changed`
}

/** Formats partitions of one asset: `likes 2026-01-05`. */
function formatAssetPartitions(
  graph: Graph,
  asset: string,
  partitions: readonly PartitionRange[],
): string {
  return `${asset} ${formatPartitions(graph, asset, partitions)}`.trim()
}

function takeFirstLine(text: string): string {
  return text.split("\n", 1)[0] ?? text
}

/** Formats a read: `follows (last 7)`. */
export function formatRead(name: string, window: Parameters<typeof formatWindow>[0]): string {
  return window.kind === "same" ? name : `${name} (${formatWindow(window)})`
}
