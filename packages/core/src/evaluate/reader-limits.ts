import type { PartitionRange } from "../declare/partition.ts"
import type { Reading } from "../graph/graph.ts"
import { listReadersWithin } from "../graph/mapping.ts"
import { type ReadRule, getReadRule } from "../graph/read-rule.ts"

/** The existing partitions of an asset or source. */
export interface AssetBounds {
  readonly range: PartitionRange
  /** Its first partition with a file or a materialization; undefined if no file of an optional source has landed. */
  readonly firstContent: number | undefined
  /** True when the declared end is reached: no later partition can exist. */
  readonly isFinal: boolean
}

/** The partitions of a reader that one of its reads allows. */
interface ReadLimit extends PartitionRange {
  readonly rule: ReadRule
  readonly isFinal: boolean
}

/** Finds the partitions that the reads of a computation allow; undefined when an upstream without partitions is required. */
export function findReaderLimits(
  readings: readonly Reading[],
  boundsByAsset: ReadonlyMap<string, AssetBounds>,
): Pick<AssetBounds, "range" | "isFinal"> | undefined {
  const limits: ReadLimit[] = []
  for (const reading of readings) {
    if (reading.read.asset === undefined) continue
    const rule = getReadRule(reading.read, reading.asset)
    const bounds = boundsByAsset.get(reading.asset.name)
    if (bounds === undefined && rule !== "optional") return undefined
    const limit = bounds && findReadLimit(reading, rule, bounds)
    if (limit !== undefined) limits.push(limit)
  }
  const { to, isFinal } = findEnd(limits)
  return { range: { from: findStart(limits), to }, isFinal }
}

/** The partitions whose windows one read fills; undefined for a read that does not depend on the partition. */
function findReadLimit(
  { read, mapping }: Reading,
  rule: ReadRule,
  { range, firstContent = Infinity, isFinal }: AssetBounds,
): ReadLimit | undefined {
  if (mapping.kind === "whole") return undefined
  if (rule === "latest") {
    const contentRange = { from: firstContent, to: range.to }
    const { from } = listReadersWithin(mapping, contentRange, { isWhole: false, isFinal })
    return { from, to: Infinity, rule, isFinal: false }
  }
  const isWhole = rule === "required" && read.window.kind === "offsets"
  return { ...listReadersWithin(mapping, range, { isWhole, isFinal }), rule, isFinal }
}

/** The first partition that all required reads allow; without one, the first that any short read allows, or else any optional read. */
function findStart(limits: readonly ReadLimit[]): number {
  const listStarts = (rule: ReadRule) =>
    limits.filter((limit) => limit.rule === rule).map(({ from }) => from)
  const earliest = Math.max(-Infinity, ...listStarts("latest"))
  const [required, short] = [listStarts("required"), listStarts("short")]
  if (required.length > 0) return Math.max(earliest, ...required)
  const starts = short.length > 0 ? short : listStarts("optional")
  return starts.length > 0 ? Math.max(earliest, Math.min(...starts)) : earliest
}

/**
 * The last partition that all reads allow. A read of an upstream whose end is declared and reached ends the reader only
 * if it is required or no other read does; of an optional source it never does.
 */
function findEnd(limits: readonly ReadLimit[]): { to: number; isFinal: boolean } {
  const ends = limits.filter(
    ({ rule, isFinal }) => rule === "required" || (rule !== "latest" && !isFinal),
  )
  if (ends.length > 0) {
    const to = Math.min(...ends.map((limit) => limit.to))
    return { to, isFinal: ends.some((limit) => limit.isFinal && limit.to === to) }
  }
  const shortEnds = limits.filter(({ rule }) => rule === "short").map(({ to }) => to)
  return shortEnds.length > 0
    ? { to: Math.max(...shortEnds), isFinal: true }
    : { to: Infinity, isFinal: false }
}
