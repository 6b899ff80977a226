import { type Granularity, type Setting, getCalendar, findOverlap, getPlace } from "./calendar.ts"
import type { ComputationShape, Declarations, ReadShape, Shape } from "./shape.ts"
import { type SourceShape, type WindowName, getGranularities } from "./shape.ts"

/** Name of a read of a source → key and content of each partition, "no file" without one. */
export type SourceReads = ReadonlyMap<string, readonly (readonly [key: string, content: string])[]>

/** One partition of a computation. */
export interface ComputedPartition {
  readonly computation: ComputationShape
  readonly key: string
  /** The granularity and time zone of its partitions. */
  readonly definition: string
}

/** Finds the source files that the newest materialization of a partition read. */
export type FindSourceReads = (partition: ComputedPartition) => SourceReads | undefined

/** The granularity and time zone of partitions. */
export function formatDefinition({ setting }: Facts, granularity: Granularity): string {
  const isTimed = granularity !== "none" && granularity !== "static"
  return isTimed ? `${granularity} ${setting.zone}` : granularity
}

/** The landed files, the current instant, and the declarations. */
export interface Facts {
  readonly setting: Setting
  /** Source → key → content. */
  readonly landed: ReadonlyMap<string, ReadonlyMap<string, string>>
  readonly nowMs: number
  readonly declared: Declarations
}

/** The place of a partition: of time in its calendar, of a key in the list, 0 for an unpartitioned asset. */
export type Place = number

/** The sources and the computations that are evaluated so far. */
export interface Progress {
  readonly facts: Facts
  readonly granularities: ReadonlyMap<string, Granularity>
  /** The partitions that exist, by asset. */
  readonly exists: Map<string, ReadonlySet<Place>>
  /** The assets that can never have a later partition. */
  readonly ended: Set<string>
  /** The sources without required files. */
  readonly optional: ReadonlySet<string>
  readonly contents: Map<string, Map<Place, string>>
  /** `source place` without the required file. */
  readonly missingFiles: Set<string>
  /** Output → its computation. */
  readonly makers: Map<string, string>
  readonly keepers: ReadonlySet<string>
  readonly findSourceReads: FindSourceReads
}

/** The declared and ended partitions of time; all static keys. */
export function listDeclaredPlaces(
  { setting, declared, nowMs }: Facts,
  granularity: Granularity,
): readonly Place[] {
  if (granularity === "none") return [0]
  if (granularity === "static") return declared.keys.map((_, place) => place)
  const spans = getCalendar(setting)[granularity]
  const [start, end] = setting.declared[granularity]
  const from = getPlace(setting, granularity, start)
  const to = end === undefined ? spans.length : getPlace(setting, granularity, end) + 1
  return spans.slice(from, to).flatMap(({ toMs }, at) => (toMs <= nowMs ? [from + at] : []))
}

/** The key of the partition at a place. */
export function getKey(
  { setting, declared }: Facts,
  granularity: Granularity,
  place: Place,
): string {
  if (granularity === "none") return "all"
  return granularity === "static"
    ? declared.keys[place]!
    : getCalendar(setting)[granularity][place]!.key
}

/** A source of time exists from its first file to its newest, or always without required files; other sources exist as a whole when a file has landed or files are optional. */
export function evaluateSources(
  shape: Shape,
  facts: Facts,
  findSourceReads: FindSourceReads,
): Progress {
  const [exists, contents, missingFiles] = [new Map(), new Map(), new Set<string>()]
  const ended = new Set<string>()
  for (const { id, granularity, whenMissing } of shape.sources) {
    const files = new Map<Place, string>()
    const possible = listDeclaredPlaces(facts, granularity)
    for (const place of possible) {
      const content = facts.landed.get(id)?.get(getKey(facts, granularity, place))
      if (content !== undefined) files.set(place, content)
    }
    const [first, last] = [Math.min(...files.keys()), Math.max(...files.keys())]
    const isTimed = granularity !== "none" && granularity !== "static"
    const isThere = files.size > 0 || whenMissing === "empty"
    const isBetween = (place: Place) => place >= first && place <= last
    const places = possible.filter((place) =>
      isTimed && whenMissing !== "empty" ? isBetween(place) : isThere,
    )
    exists.set(id, new Set(places))
    if (isAtEnd(facts, granularity, places.at(-1))) ended.add(id)
    contents.set(id, files)
    for (const place of places)
      if (!files.has(place) && whenMissing === "wait") missingFiles.add(`${id} ${place}`)
  }
  const granularities = getGranularities(shape)
  const listSources = (matches: (source: SourceShape) => boolean) =>
    new Set(shape.sources.filter(matches).map(({ id }) => id))
  const optional = listSources(({ whenMissing }) => whenMissing === "empty")
  const keepers = listSources(({ whenRemoved }) => whenRemoved === "keep")
  const facet = { facts, granularities, exists, contents, missingFiles, makers: new Map() }
  return { ...facet, ended, optional, keepers, findSourceReads }
}

/** Tests whether a partition is the declared last one. */
function isAtEnd({ setting }: Facts, granularity: Granularity, place: Place | undefined): boolean {
  if (granularity === "none" || granularity === "static") return false
  const [, end] = setting.declared[granularity]
  return end !== undefined && place === getPlace(setting, granularity, end)
}

/** Tests whether no partition after the last one can ever exist. */
export function isEnded(
  progress: Progress,
  computation: ComputationShape,
  last: Place | undefined,
): boolean {
  if (last === undefined) return false
  if (isAtEnd(progress.facts, computation.granularity, last)) return true
  const isTimed = computation.granularity !== "none" && computation.granularity !== "static"
  return isTimed && isBeyondEnd(listBoundedReads(progress, computation, last + 1) ?? [])
}

/** One read of a partition whose window time bounds. */
interface BoundedRead {
  readonly kind: "strict" | "truncated" | "optional"
  /** True when the upstream's history begins after the window; where short windows are skipped, after its begin. */
  readonly isEarly: boolean
  /** True when the upstream's history ends before the window does. */
  readonly isLate: boolean
  /** True when the upstream's history ends before the newest part of the window; where short windows are skipped, before its end. */
  readonly isPast: boolean
  /** True when the upstream can never have a later partition. */
  readonly isEnded: boolean
}

/** Lists the reads of a partition with bounded windows; undefined when it reads an upstream without partitions. */
function listBoundedReads(
  progress: Progress,
  computation: ComputationShape,
  place: Place,
): readonly BoundedRead[] | undefined {
  const bounded: BoundedRead[] = []
  for (const read of computation.reads) {
    const result = boundRead(progress, computation, read, place)
    if (result === false) return undefined
    if (result !== true) bounded.push(result)
  }
  return bounded
}

/**
 * A partition exists when all windows that must not be empty have their newest partition, or all partitions where short
 * windows are skipped. Where every window may be short, it exists when one of them is not empty. An upstream that has
 * ended has no more partitions to wait for.
 */
export function exists(progress: Progress, computation: ComputationShape, place: Place): boolean {
  const bounded = listBoundedReads(progress, computation, place)
  if (bounded === undefined || isBeyondEnd(bounded)) return false
  const strict = bounded.filter(({ kind }) => kind === "strict")
  const truncated = bounded.filter(({ kind }) => kind === "truncated")
  if (strict.some(({ isEarly }) => isEarly)) return false
  const starters = truncated.length > 0 ? truncated : bounded
  if (strict.length === 0 && starters.length > 0 && starters.every(({ isEarly }) => isEarly))
    return false
  return !bounded.some(({ isEnded, isLate }) => !isEnded && isLate)
}

/** Tests whether a partition can never exist, because the upstreams that it requires have ended. */
function isBeyondEnd(bounded: readonly BoundedRead[]): boolean {
  const past = bounded.filter(({ isEnded, isPast }) => isEnded && isPast)
  if (past.some(({ kind }) => kind === "strict")) return true
  const truncated = bounded.filter(({ kind }) => kind === "truncated")
  const isEndless = bounded.some(({ kind, isEnded }) => kind === "strict" || !isEnded)
  return !isEndless && truncated.length > 0 && truncated.every((read) => past.includes(read))
}

/** Relates the window of a read to the partitions of its upstream; true or false where the partition does not matter. */
function boundRead(
  progress: Progress,
  computation: ComputationShape,
  read: ReadShape,
  place: Place,
): BoundedRead | boolean {
  const isWhole = read.window === "whole" || read.window === "skip 3"
  const isOptional = progress.optional.has(read.upstream) && !isWhole && read.window !== "latest"
  const upstream = [...progress.exists.get(read.upstream)!]
  if (upstream.length === 0) return isOptional
  const window = findWindow(progress, computation, read, place)
  if (window === "all") return true
  const [oldest, newest] = window
  const [first, last] = [Math.min(...upstream), Math.max(...upstream)]
  if (read.window === "latest") return hasLatest(progress, read.upstream, newest)
  const newestReader = read.window === "before" ? place - 1 : place
  const newestPart = findWindow(progress, computation, { ...read, window: "same" }, newestReader)
  const isTruncated = truncatedWindows.includes(read.window)
  return {
    kind: isOptional ? "optional" : isTruncated ? "truncated" : "strict",
    isEarly: (isWhole ? oldest : newest) < first,
    isLate: newest > last,
    isPast: (isWhole || newestPart === "all" ? newest : newestPart[0]) > last,
    isEnded: progress.ended.has(read.upstream),
  }
}

/** Tests whether a partition up to `newest` exists, of a source without required files one with a file. */
function hasLatest({ exists, optional, contents }: Progress, upstream: string, newest: Place) {
  const files = contents.get(upstream)!
  return [...exists.get(upstream)!].some(
    (place) => place <= newest && (!optional.has(upstream) || files.has(place)),
  )
}

/** The first and last partition of a window, existing or not; `all` where time does not bound it. */
export function findWindow(
  { facts, granularities }: Pick<Progress, "facts" | "granularities">,
  { granularity }: ComputationShape,
  { upstream: upstreamName, window }: ReadShape,
  place: Place,
): readonly [Place, Place] | "all" {
  const upstream = granularities.get(upstreamName)!
  if (window === "all" || granularity === "none" || upstream === "none") return "all"
  if (granularity === "static" || upstream === "static")
    return granularity === upstream ? [place, place] : "all"
  const [from, to] = offsets[window]
  const first = from === -Infinity ? 0 : place + from
  const [oldest, newest] = findOverlap(facts.setting, [granularity, first, place + to], upstream)
  return [from === -Infinity ? -Infinity : oldest, newest]
}

const offsets = {
  same: [0, 0],
  "last 2": [-1, 0],
  whole: [0, 0],
  "skip 3": [-2, 0],
  "error 4": [-3, 0],
  before: [-2, -1],
  latest: [-Infinity, 0],
  "up to": [-Infinity, 0],
} as const

/** The windows of which a part is enough. */
export const truncatedWindows: readonly WindowName[] = ["last 2", "error 4", "before"]
