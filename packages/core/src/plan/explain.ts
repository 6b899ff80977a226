import { type PartitionRange, formatPartitionKey, type Static } from "../declare/partition.ts"
import { formatWindow } from "../declare/window.ts"
import type { Failure } from "../evaluate/ledger-snapshot.ts"
import { type Cause, type ChangedInput, type Status, getStatus } from "../evaluate/staleness.ts"
import type { Evaluation } from "../evaluate/states.ts"
import type { Graph } from "../graph/graph.ts"
import {
  type Plan,
  type Step,
  countPartitions,
  listPartitions,
  listSteps,
  listBlockedWork,
} from "./plan.ts"

/** So many ranges are written out: more than that nobody reads. */
const maxRanges = 12

/** So many keys of a set are written out. */
const maxKeys = 6

/** Partitions as people write them: `2026-01-03 to 2026-01-05, 2026-01-09`, of very many ranges the first ones; `oslo, "são paulo"` or `all 9 keys` of a set. */
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

/** A set has no order that people know, so its keys are named one by one. */
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

/** In quotes where it could be taken for something else. */
function formatKey(key: string): string {
  return /[\s,;:"'`]/.test(key) ? JSON.stringify(key) : key
}

/** A status in words, its cause first. */
export function formatStatus(graph: Graph, status: Status): string {
  if (status.kind === "fresh") return "up to date"
  if (status.blocker !== undefined) return `waits for ${status.blocker}`
  if (status.kind === "failed") return formatFailure(status.failure)
  if (status.kind === "missing") return "never made"
  return status.causes.map((cause) => formatCause(graph, cause)).join("; ")
}

function formatFailure({ outcome, message, checks }: Failure): string {
  return outcome === "refused" && checks.length > 0
    ? `refused by ${checks.join(", ")}`
    : `failed before: ${takeFirstLine(message)}`
}

/** A cause in words. */
export function formatCause(graph: Graph, cause: Cause): string {
  switch (cause.kind) {
    case "code":
      return "its code changed"
    case "input":
      return cause.changed.length === 0
        ? "its inputs changed"
        : cause.changed.map((input) => formatChangedInput(graph, input)).join("; ")
    case "upstream":
      return `${assetPartitionsText(graph, cause.asset, cause.partitions)} will be made anew`
  }
}

function formatChangedInput(graph: Graph, { asset, partitions }: ChangedInput): string {
  return `${assetPartitionsText(graph, asset, partitions)} changed`
}

/** Partitions of one asset as a sentence names them: `likes 2026-01-05`. */
export function assetPartitionsText(
  graph: Graph,
  asset: string,
  partitions: readonly PartitionRange[],
): string {
  return `${asset} ${formatPartitions(graph, asset, partitions)}`.trim()
}

function takeFirstLine(text: string): string {
  return text.split("\n", 1)[0] ?? text
}

/** A plan as lines of text: what will be done and why, what will be published, what has to wait. */
export function* explain(evaluation: Evaluation, plan: Plan): Iterable<string> {
  for (const step of listSteps(evaluation, plan))
    yield `${step.id}: ${explainStep(evaluation, step)}`
  for (const { set, key, assets } of plan.publications)
    yield `publish ${set} ${key}: ${assets.join(", ")}`
  for (const { computation, range, blocker } of listBlockedWork(evaluation, plan)) {
    const [output] = computation.outputs
    const partitions = formatPartitions(evaluation.graph, output?.asset ?? "", [range])
    yield `${`${computation.name} ${partitions}`.trim()}: waits for ${blocker}`
  }
}

/** Why a step is in a plan, in words. */
function explainStep(evaluation: Evaluation, step: Step): string {
  return step.kind === "check"
    ? "its checks changed"
    : formatStatus(evaluation.graph, getStatus(evaluation, step.computation, step.partition))
}

/** What one computation reads, in words: `follows (last 7)`. */
export function formatRead(name: string, window: Parameters<typeof formatWindow>[0]): string {
  return window.kind === "same" ? name : `${name} (${formatWindow(window)})`
}
