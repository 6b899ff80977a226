import { type PartitionRange, partitionKey, type Static } from "../declare/partition.ts"
import { windowLabel } from "../declare/read.ts"
import type { Graph } from "../graph/graph.ts"
import { type Plan, type Step, partitionCount, partitionsIn, stepsOf, waitingOf } from "./plan.ts"
import type { Failure } from "./snapshot.ts"
import { type Cause, type ChangedInput, type Status, statusAt } from "./staleness.ts"
import type { Evaluation } from "./states.ts"

/** So many ranges are written out: more than that nobody reads. */
const mostRanges = 12

/** So many keys of a set are written out. */
const mostKeys = 6

/** Partitions as people write them: `2026-01-03 to 2026-01-05, 2026-01-09`, of very many ranges the first ones; `oslo, "são paulo"` or `all 9 keys` of a set. */
export function partitionsText(
  graph: Graph,
  asset: string,
  ranges: readonly PartitionRange[],
): string {
  const definition = graph.assets.get(asset)?.partitions
  if (definition === undefined || definition.kind === "none") return ""
  if (definition.kind === "static") return keysText(definition, ranges)
  const shown = ranges.length > mostRanges ? ranges.slice(0, mostRanges - 1) : ranges
  const texts = shown.map(({ from, to }) => {
    const [first, last] = [partitionKey(definition, from), partitionKey(definition, to)]
    return from === to ? first : `${first} to ${last}`
  })
  const left = ranges.length - shown.length
  return [...texts, ...(left > 0 ? [`${left} more ranges`] : [])].join(", ")
}

/** A set has no order that people know, so its keys are named one by one. */
function keysText(definition: Static, ranges: readonly PartitionRange[]): string {
  const many = partitionCount(ranges)
  if (many > 1 && many === definition.keys.length) return `all ${many.toLocaleString("en-US")} keys`
  const shown: string[] = []
  for (const index of partitionsIn(ranges)) {
    if (shown.length === mostKeys) break
    shown.push(keyText(partitionKey(definition, index)))
  }
  const left = many - shown.length
  return left === 0
    ? shown.join(", ")
    : `${shown.join(", ")} and ${left.toLocaleString("en-US")} more`
}

/** In quotes where it could be taken for something else. */
function keyText(key: string): string {
  return /[\s,;:"'`]/.test(key) ? JSON.stringify(key) : key
}

/** A status in words, its cause first. */
export function statusText(graph: Graph, status: Status): string {
  if (status.kind === "fresh") return "up to date"
  if (status.waitsFor !== undefined) return `waits for ${status.waitsFor}`
  if (status.kind === "failed") return failureText(status.failure)
  if (status.kind === "missing") return "never made"
  return status.causes.map((cause) => causeText(graph, cause)).join("; ")
}

function failureText({ outcome, message, checks }: Failure): string {
  return outcome === "refused" && checks.length > 0
    ? `refused by ${checks.join(", ")}`
    : `failed before: ${firstLine(message)}`
}

/** A cause in words. */
export function causeText(graph: Graph, cause: Cause): string {
  switch (cause.kind) {
    case "code":
      return "its code changed"
    case "input":
      return cause.changed.length === 0
        ? "its inputs changed"
        : cause.changed.map((input) => changedText(graph, input)).join("; ")
    case "upstream":
      return `${assetPartitionsText(graph, cause.asset, cause.partitions)} will be made anew`
  }
}

function changedText(graph: Graph, { asset, partitions }: ChangedInput): string {
  return `${assetPartitionsText(graph, asset, partitions)} changed`
}

/** Partitions of one asset as a sentence names them: `likes 2026-01-05`. */
export function assetPartitionsText(
  graph: Graph,
  asset: string,
  partitions: readonly PartitionRange[],
): string {
  return `${asset} ${partitionsText(graph, asset, partitions)}`.trim()
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? text
}

/** A plan as lines of text: what will be done and why, what will be published, what has to wait. */
export function* explain(evaluation: Evaluation, plan: Plan): Iterable<string> {
  for (const step of stepsOf(evaluation, plan)) yield `${step.id}: ${stepReason(evaluation, step)}`
  for (const { set, key, assets } of plan.publications)
    yield `publish ${set} ${key}: ${assets.join(", ")}`
  for (const { computation, range, waitsFor } of waitingOf(evaluation, plan)) {
    const [output] = computation.outputs
    const partitions = partitionsText(evaluation.graph, output?.asset ?? "", [range])
    yield `${`${computation.name} ${partitions}`.trim()}: waits for ${waitsFor}`
  }
}

/** Why a step is in a plan, in words. */
function stepReason(evaluation: Evaluation, step: Step): string {
  return step.kind === "check"
    ? "its checks changed"
    : statusText(evaluation.graph, statusAt(evaluation, step.computation, step.partition))
}

/** What one computation reads, in words: `follows (last 7)`. */
export function readText(name: string, window: Parameters<typeof windowLabel>[0]): string {
  return window.kind === "same" ? name : `${name} (${windowLabel(window)})`
}
