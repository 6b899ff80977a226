import type { Asset, Daily, Freshness, Timed } from "@freshet/core"
import {
  convertRange,
  type Evaluation,
  failsChecks,
  getNewestClosed,
  getZoneOffset,
  isExisting,
  isFresh,
  isTimed,
  listPublished,
  toTimeInterval,
} from "@freshet/core/engine"

import { findNewestMaterialization } from "../materialization-records.ts"

/** A partition and its deadline. */
export interface Deadline {
  readonly partition: number
  readonly dueMs: number
}

/**
 * Finds the first partition that broke the promise of its asset: the newest partition whose deadline has passed is not
 * fresh, passes no error check or is not published, and neither is a later one. Deadlines before the asset's first run
 * promise nothing. Undefined while the promise is kept, and for an asset without one.
 */
export function findOverdue(
  evaluation: Evaluation,
  asset: Asset,
  nowMs: number,
): Deadline | undefined {
  const { freshness, partitions } = asset
  const bounds = evaluation.bounds.get(asset.name)
  if (freshness === undefined || bounds === undefined || !isTimed(partitions)) return undefined
  const firstDue = findFirstDue(evaluation, asset)
  const lastDue = findLastDue(partitions, freshness, nowMs)
  if (lastDue < firstDue || isDelivered(evaluation, asset, lastDue)) return undefined
  const firstUndelivered = findFirstUndelivered(evaluation, asset) ?? bounds.from
  if (firstUndelivered > lastDue) return undefined
  const partition = Math.max(firstUndelivered, firstDue)
  return { partition, dueMs: computeDueMs(partitions, freshness, partition) }
}

/** Finds the newest published partition, or the newest materialized one of an asset without a table, or the one after it if that is delivered. */
function findFirstUndelivered(evaluation: Evaluation, asset: Asset): number | undefined {
  const newest =
    asset.publish === undefined
      ? findNewestMaterialization(evaluation, asset.name)
      : listPublished(evaluation, asset).at(-1)?.partition
  if (newest === undefined) return undefined
  return isDelivered(evaluation, asset, newest) ? newest + 1 : newest
}

/** Finds the next deadline of an asset that no partition has met yet; undefined without one. */
export function findNextDeadline(
  evaluation: Evaluation,
  asset: Asset,
  nowMs: number,
): (Deadline & { readonly endMs: number }) | undefined {
  const { freshness, partitions } = asset
  if (freshness === undefined || !isTimed(partitions)) return undefined
  const lastDue = findLastDue(partitions, freshness, nowMs)
  let partition = Math.max(lastDue + 1, partitions.start)
  while (isDelivered(evaluation, asset, partition)) partition += 1
  if (partitions.end !== undefined && partition > partitions.end) return undefined
  const { endMs } = toTimeInterval(partitions, partition)
  return { partition, endMs, dueMs: computeDueMs(partitions, freshness, partition) }
}

/** Finds the deadline of a partition that has passed since the first run of its asset, in milliseconds since 1970. */
export function findPassedDueMs(
  evaluation: Evaluation,
  asset: Asset,
  { partition, nowMs }: { readonly partition: number; readonly nowMs: number },
): number | undefined {
  const { freshness, partitions } = asset
  if (freshness === undefined || !isTimed(partitions)) return undefined
  if (partition < findFirstDue(evaluation, asset)) return undefined
  const dueMs = computeDueMs(partitions, freshness, partition)
  return dueMs <= nowMs ? dueMs : undefined
}

/** Tests whether a partition is fresh, passes its error checks and is published, or a later one in its place. */
function isDelivered(evaluation: Evaluation, asset: Asset, partition: number): boolean {
  const { name, computation, publish } = asset
  if (!isFresh(evaluation, computation, partition) || failsChecks(evaluation, name, partition))
    return !isExisting(evaluation, asset, partition) && isGap(evaluation, asset, partition)
  if (publish === undefined) return true
  return listPublished(evaluation, asset).some(
    (published) => published.partition !== undefined && published.partition >= partition,
  )
}

/** Tests whether a partition does not exist although a later one does. */
function isGap({ bounds }: Evaluation, { name }: Asset, partition: number): boolean {
  return partition < (bounds.get(name)?.to ?? -Infinity)
}

/** Finds the first partition whose deadline is after the asset's first run; Infinity before that run. */
function findFirstDue({ snapshot }: Evaluation, { name, freshness, partitions }: Asset): number {
  const firstRunMs = snapshot.firstRuns.get(name)
  if (freshness === undefined || firstRunMs === undefined || !isTimed(partitions)) return Infinity
  return Math.max(findLastDue(partitions, freshness, firstRunMs) + 1, partitions.start)
}

/** Finds the newest partition whose deadline has passed, up to the last declared one. */
function findLastDue(partitions: Timed, freshness: Freshness, nowMs: number): number {
  let partition = Math.min(getNewestClosed(partitions, nowMs), partitions.end ?? Infinity)
  while (computeDueMs(partitions, freshness, partition) > nowMs) partition -= 1
  return partition
}

/** Computes the deadline of a partition: the policy's time on the day after its last day. */
function computeDueMs(partitions: Timed, freshness: Freshness, partition: number): number {
  const { to: lastDay } = convertRange(partitions, toDaily(partitions.zone), {
    from: partition,
    to: partition,
  })
  return computeDayDueMs(freshness, lastDay)
}

/** Computes the deadline of a day: the policy's time on the next local day. */
function computeDayDueMs({ time, zone }: Freshness, day: number): number {
  const { startMs } = toTimeInterval(toDaily(zone), day + 1)
  const dueMinutes = parseMinutes(time)
  const estimateMs = startMs + dueMinutes * 60_000
  const localMinutes =
    Math.floor((estimateMs + getZoneOffset(zone, estimateMs)) / 60_000) % minutesPerDay
  return estimateMs - (localMinutes - dueMinutes) * 60_000 // clocks may have changed since midnight
}

const minutesPerDay = 24 * 60

function toDaily(zone: string): Daily {
  return { kind: "daily", zone, start: 0, end: undefined }
}

function parseMinutes(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number)
  return hours * 60 + minutes
}
