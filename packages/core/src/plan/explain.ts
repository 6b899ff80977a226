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

/** The number of ranges in a text; further ranges are counted. */
const maxRanges = 12

/** The number of static keys in a text; further keys are counted. */
const maxKeys = 6

/** Formats partitions: `2026-01-03 to 2026-01-05, 2026-01-09`, `3 more ranges` after the first ones; `oslo, "são paulo"` or `all 9 keys` for static keys; empty for an unpartitioned asset. */
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

/** Lists static keys one by one: people do not know their order, so ranges would not say which keys are meant. */
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

/** Formats a key, in quotes where its characters make the text ambiguous. */
function formatKey(key: string): string {
  return /[\s,;:"'`]/.test(key) ? JSON.stringify(key) : key
}

/** Formats a status as its cause. */
export function formatStatus(graph: Graph, status: Status): string {
  if (status.kind === "fresh") return "up to date"
  if (status.blocker !== undefined) return `blocked by ${status.blocker}`
  if (status.kind === "failed") return formatFailure(status.failure)
  if (status.kind === "missing") return "never materialized"
  return status.causes.map((cause) => formatCause(graph, cause)).join("; ")
}

function formatFailure({ outcome, message, checks }: Failure): string {
  return outcome === "checks_failed" && checks.length > 0
    ? `failed ${checks.length === 1 ? "check" : "checks"} ${checks.join(", ")}`
    : `last attempt failed: ${takeFirstLine(message)}`
}

/** Formats a cause. */
export function formatCause(graph: Graph, cause: Cause): string {
  switch (cause.kind) {
    case "code":
      return "its code changed"
    case "input":
      return cause.changed.length === 0
        ? "its inputs changed"
        : cause.changed.map((input) => formatChangedInput(graph, input)).join("; ")
    case "upstream":
      return `upstream ${assetPartitionsText(graph, cause.asset, cause.partitions)} will be rebuilt`
  }
}

function formatChangedInput(graph: Graph, { asset, partitions }: ChangedInput): string {
  return `${assetPartitionsText(graph, asset, partitions)} changed`
}

/** Formats partitions of one asset with its name: `likes 2026-01-05`. */
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

/** Explains a plan in lines of text: steps with their causes, publications, and blocked work with its blockers. */
export function* explain(evaluation: Evaluation, plan: Plan): Iterable<string> {
  for (const step of listSteps(evaluation, plan))
    yield `${step.id}: ${explainStep(evaluation, step)}`
  for (const { set, key, assets } of plan.publications)
    yield `publish ${set} ${key}: ${assets.join(", ")}`
  for (const { computation, range, blocker } of listBlockedWork(evaluation, plan)) {
    const [output] = computation.outputs
    const partitions = formatPartitions(evaluation.graph, output?.asset ?? "", [range])
    yield `${`${computation.name} ${partitions}`.trim()}: blocked by ${blocker}`
  }
}

/** Formats the cause of a step. */
function explainStep(evaluation: Evaluation, step: Step): string {
  return step.kind === "check"
    ? "its checks changed"
    : formatStatus(evaluation.graph, getStatus(evaluation, step.computation, step.partition))
}

/** Formats one read of a computation: `follows (last 7)`. */
export function formatRead(name: string, window: Parameters<typeof formatWindow>[0]): string {
  return window.kind === "same" ? name : `${name} (${formatWindow(window)})`
}
