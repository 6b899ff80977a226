import type { Asset } from "@freshet/core"
import {
  describeBlocker,
  type Evaluation,
  findAwaitedFiles,
  formatMainCause,
  formatPartitionKey,
  getAsset,
  getAssetStatus,
  groupPublicationSets,
  type Status,
} from "@freshet/core/engine"

/** A cause of a delay; among several, the one with the lowest rank is the reason. */
interface DelayCause {
  readonly rank: number
  readonly text: string
}

/** The number of upstream partitions that are inspected. */
const maxInspectedPartitions = 1000

/**
 * Describes in one clause why a partition is not delivered, by its root cause upstream: a file that has not landed, a
 * failure, or work that no run has done: `activity/2026-03-02.json (activity_log) has not landed`. A fresh partition
 * waits for the other assets of its publication set.
 */
export function describeDelay(evaluation: Evaluation, asset: Asset, partition: number): string {
  const { publish } = asset
  const sets = groupPublicationSets(evaluation.graph)
  const members = publish === undefined ? [] : (sets.get(publish.set) ?? [])
  for (const candidate of [asset, ...members]) {
    const delay = findDelay(evaluation, candidate, partition)
    if (delay !== undefined) return delay
  }
  return `${formatPlace(asset, partition)} is not published`
}

/** Finds the cause for which a partition is not fresh; undefined for a fresh one. */
function findDelay(evaluation: Evaluation, asset: Asset, partition: number): string | undefined {
  const awaited = findAwaitedFiles(evaluation, asset, { from: partition, to: partition })
  if (awaited !== undefined) return describeBlocker(awaited, formatPlace(asset, partition))
  const [firstCause, ...otherCauses] = listDelayCauses(evaluation, asset, partition)
  if (firstCause === undefined) return undefined
  return otherCauses.reduce((best, cause) => (cause.rank < best.rank ? cause : best), firstCause)
    .text
}

/** Lists the causes of a delay, nearest first, by following stale and missing partitions upstream. */
function listDelayCauses(
  evaluation: Evaluation,
  asset: Asset,
  partition: number,
): readonly DelayCause[] {
  const causes: DelayCause[] = []
  const pending = [{ asset, partition }]
  const visited = new Set<string>()
  for (let place = pending.shift(); place !== undefined; place = pending.shift()) {
    const key = `${place.asset.name} ${place.partition}`
    if (visited.has(key) || visited.size >= maxInspectedPartitions) continue
    visited.add(key)
    const status = getAssetStatus(evaluation, place.asset, place.partition)
    if (status.kind === "fresh") continue
    const upstream = listUpstream(evaluation, status)
    pending.push(...upstream)
    const text = formatPlace(place.asset, place.partition)
    const cause = describeCause(evaluation, text, status)
    if (upstream.length === 0 || cause.rank < ranks.work) causes.push(cause)
  }
  return causes
}

function listUpstream(evaluation: Evaluation, status: Exclude<Status, { kind: "fresh" }>) {
  return status.causes.flatMap((cause) => {
    const last = cause.kind === "upstream" ? cause.partitions.at(-1)?.to : undefined
    if (cause.kind !== "upstream" || last === undefined) return []
    return [{ asset: getAsset(evaluation.graph, cause.asset), partition: last }]
  })
}

const ranks = { failed: 0, blocked: 1, work: 2 } as const

function describeCause(
  { graph }: Evaluation,
  place: string,
  status: Exclude<Status, { kind: "fresh" }>,
): DelayCause {
  const { kind, blocker } = status
  if (kind === "failed") {
    const [message = ""] = status.failure.message.split("\n", 1)
    return { rank: ranks.failed, text: `${place} failed: ${message}` }
  }
  if (blocker !== undefined) return { rank: ranks.blocked, text: describeBlocker(blocker, place) }
  return kind === "missing"
    ? { rank: ranks.work, text: `${place} has not been materialized` }
    : { rank: ranks.work, text: `${place} is stale: ${formatMainCause(graph, status)}` }
}

function formatPlace({ name, partitions }: Asset, partition: number): string {
  return `${name} ${formatPartitionKey(partitions, partition)}`
}
