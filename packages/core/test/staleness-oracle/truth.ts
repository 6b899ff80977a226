import { type Setting, getCalendar, findOverlap, getPlace } from "./calendar.ts"
import type { Granularity } from "./calendar.ts"
import {
  type ComputationShape,
  type Declarations,
  type ReadContent,
  type ReadShape,
} from "./shape.ts"
import {
  type Shape,
  type SourceShape,
  type WindowName,
  findCheckRead,
  getGranularities,
  getOriginalName,
  passes,
  listPresentComputations,
  computeRows,
} from "./shape.ts"

/** The truth of one partition by definition, independent of records. */
export interface Truth {
  readonly computation: ComputationShape
  readonly key: string
  /** The granularity and time zone of its partition. */
  readonly definition: string
  /** True when a required file or part of a required window is missing. */
  readonly isBlocked: boolean
  /** True when its newest rows were computed from a file that is no longer landed. */
  readonly isRemoved: boolean
  /** The files of sources that it reads. */
  readonly sourceReads: SourceReads
  /** Code and content of all inputs, as text. */
  readonly inputs: string
  /** Output → its rows. */
  readonly contents: ReadonlyMap<string, string>
  /** Output → true if these rows pass its checks. */
  readonly checksPassed: ReadonlyMap<string, boolean>
  /** The outputs whose checks read a removed file, so that they cannot run. */
  readonly uncheckable: ReadonlySet<string>
  /** Output → the reads of its checks, and the content that they read and its computation does not, as text. */
  readonly checkInputs: ReadonlyMap<string, string>
  /** Its reads, and those of its checks, of computations and of its previous partition: the name of the truth, and the output. */
  readonly reads: readonly { readonly name: string; readonly output: string }[]
}

/** Name of a read of a source → key and content of each partition, "no file" without one. */
export type SourceReads = ReadonlyMap<string, readonly (readonly [key: string, content: string])[]>

/** Finds the source files that the newest materialization of a partition read. */
export type FindSourceReads = (
  partition: Pick<Truth, "computation" | "key" | "definition">,
) => SourceReads | undefined

/** The granularity and time zone of partitions. */
function formatDefinition({ setting }: Facts, granularity: Granularity): string {
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
type Place = number

interface Progress {
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

/** Computes every partition of every computation in order, from the landed files and the removed ones that its newest rows were computed from: `c1 2026-03-01` → its truth. */
export function findTruths(
  shape: Shape,
  facts: Facts,
  findSourceReads: FindSourceReads,
): ReadonlyMap<string, Truth> {
  const progress = evaluateSources(shape, facts, findSourceReads)
  const result = new Map<string, Truth>()
  for (const computation of listPresentComputations(shape, facts.declared)) {
    const { id, outputs } = computation
    const places = listExistingPlaces(progress, computation)
    const hasEnded = isEnded(progress, computation, places.at(-1))
    for (const output of outputs) {
      if (hasEnded) progress.ended.add(output)
      progress.exists.set(output, new Set(places))
      progress.contents.set(output, new Map())
      progress.makers.set(output, id)
    }
    for (const place of places) {
      const truth = findTruth(progress, shape, computation, place)
      for (const [output, content] of truth.contents)
        progress.contents.get(output)!.set(place, content)
      result.set(`${id} ${truth.key}`, truth)
    }
  }
  return result
}

/** The declared places from the first to the last one that exists or was computed from removed files. */
function listExistingPlaces(progress: Progress, computation: ComputationShape): readonly Place[] {
  const declaredPlaces = listDeclaredPlaces(progress.facts, computation.granularity)
  const existing = declaredPlaces.filter(
    (place) =>
      exists(progress, computation, place) ||
      computation.reads.some((read) => findRemoved(progress, computation, read, place).length > 0),
  )
  const [first, last] = [Math.min(...existing), Math.max(...existing)]
  return declaredPlaces.filter((place) => place >= first && place <= last)
}

/** The files of one read that the newest rows of a partition were computed from and that were removed: those before the first landed file. */
function findRemoved(
  progress: Progress,
  computation: ComputationShape,
  read: ReadShape,
  place: Place,
): PlacesRead["removed"] {
  const { facts, keepers, granularities, contents } = progress
  const granularity = granularities.get(read.upstream)!
  if (!keepers.has(read.upstream) || granularity === "none" || granularity === "static") return []
  const first = Math.min(...contents.get(read.upstream)!.keys())
  const window = findWindow(progress, computation, read, place)
  const newest = window === "all" ? Infinity : window[1]
  if (read.window === "latest" && first !== Infinity && newest >= first) return []
  const start = getPlace(facts.setting, granularity, facts.setting.declared[granularity][0])
  const key = getKey(facts, computation.granularity, place)
  const definition = formatDefinition(facts, computation.granularity)
  const sourceReads = progress.findSourceReads({ computation, key, definition })
  const recorded = sourceReads?.get(formatLabel(facts, read)) ?? []
  const removed = recorded.filter(([recordedKey, content]) => {
    const recordedPlace = getPlace(facts.setting, granularity, recordedKey)
    const isEmptyAlready =
      content === noFile && progress.exists.get(read.upstream)!.has(recordedPlace)
    return recordedPlace >= start && recordedPlace < first && !isEmptyAlready
  })
  return removed.some(([, content]) => content !== noFile) ? removed : []
}

/** The declared and ended partitions of time; all static keys. */
function listDeclaredPlaces(
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

function getKey({ setting, declared }: Facts, granularity: Granularity, place: Place): string {
  if (granularity === "none") return "all"
  return granularity === "static"
    ? declared.keys[place]!
    : getCalendar(setting)[granularity][place]!.key
}

/** A source of time exists from its first file to its newest, or always without required files; other sources exist as a whole when a file has landed or files are optional. */
function evaluateSources(shape: Shape, facts: Facts, findSourceReads: FindSourceReads): Progress {
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
function isEnded(
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
function exists(progress: Progress, computation: ComputationShape, place: Place): boolean {
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
function findWindow(
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

/** The partitions of one read: the existing ones in its window, in order; for `latest` only the newest. */
function findPlacesRead(
  progress: Progress,
  computation: ComputationShape,
  read: ReadShape,
  place: Place,
) {
  const window = findWindow(progress, computation, read, place)
  const existingPlaces = [...progress.exists.get(read.upstream)!].toSorted((a, b) => a - b)
  const [oldest, newest] = window === "all" ? [-Infinity, Infinity] : window
  const places = existingPlaces.filter((candidate) => candidate >= oldest && candidate <= newest)
  const isShort = places[0] !== oldest || places.at(-1) !== newest
  if (read.window !== "latest") return { places, isShort: read.window === "error 4" && isShort }
  const isSource = !progress.makers.has(read.upstream)
  const files = progress.contents.get(read.upstream)!
  const newestThere = places.filter((candidate) => !isSource || files.has(candidate)).slice(-1)
  return { places: newestThere, isShort: newestThere.length === 0 }
}

function findTruth(
  progress: Progress,
  shape: Shape,
  computation: ComputationShape,
  place: Place,
): Truth {
  const { facts, exists } = progress
  const { id, granularity, outputs, accumulates, modulus } = computation
  const key = getKey(facts, granularity, place)
  const reads = computation.reads.map((read) => findRead(progress, computation, read, place))
  const previousPlaces = exists.get(outputs[0]!)?.has(place - 1) === true ? [place - 1] : []
  if (accumulates)
    reads.push({
      upstream: outputs[0]!,
      label: "itself previous",
      places: previousPlaces,
      removed: [],
      isShort: false,
    })
  const checkReads = new Map<string, readonly PlacesRead[]>()
  for (const output of outputs) {
    const read = findCheckRead(shape, facts.declared, output)
    const shared = reads.filter(({ label }) => read && label === formatLabel(facts, read))
    const further = read && findReadOfCheck(progress, computation, read, place)
    checkReads.set(output, shared.length > 0 || further === undefined ? shared : [further])
  }
  const readContents = reads.map((read): ReadContent => listReadContent(progress, read))
  const code = { salt: facts.declared.salts.get(id) ?? 0, modulus }
  const definition = formatDefinition(facts, granularity)
  const names = outputs.map((output) => getOriginalName(facts.declared, output))
  const content = (output: string) => computeRows(code, outputs.indexOf(output), readContents)
  const findFurtherReads = (output: string) =>
    checkReads.get(output)!.filter((read) => !reads.includes(read))
  const formatCheckInputs = (output: string) =>
    JSON.stringify([
      checkReads.get(output)!.map(({ label }) => label),
      listAllVersions(findFurtherReads(output)),
    ])
  const allReads = [...reads, ...outputs.flatMap(findFurtherReads)]
  const listAllVersions = (placesRead: readonly PlacesRead[]) =>
    placesRead.map((read) => listReadVersions(progress, read))
  return {
    computation,
    key,
    isBlocked: allReads.some(
      ({ upstream, places, isShort }) =>
        isShort ||
        places.some((candidate) => progress.missingFiles.has(`${upstream} ${candidate}`)),
    ),
    definition,
    isRemoved: reads.some(({ removed }) => removed.length > 0),
    sourceReads: new Map(
      reads
        .filter(({ upstream }) => !progress.makers.has(upstream))
        .map((read) => [read.label, listVersions(progress, read)]),
    ),
    inputs: JSON.stringify([definition, names, code, listAllVersions(reads)]),
    contents: new Map(outputs.map((output) => [output, content(output)])),
    checksPassed: new Map(
      outputs.map((output) => {
        const rule = facts.declared.checks.get(output)
        const checkContents = checkReads.get(output)!.map((read) => listReadContent(progress, read))
        return [output, passes(rule, content(output), checkContents)]
      }),
    ),
    uncheckable: new Set(
      outputs.filter((output) => checkReads.get(output)!.some(({ removed }) => removed.length > 0)),
    ),
    checkInputs: new Map(outputs.map((output) => [output, formatCheckInputs(output)])),
    reads: allReads.flatMap(({ upstream, places }) => {
      const maker = progress.makers.get(upstream)
      if (maker === undefined) return []
      return places.map((candidate) => ({
        name: `${maker} ${getKey(facts, progress.granularities.get(upstream)!, candidate)}`,
        output: upstream,
      }))
    }),
  }
}

function formatLabel({ declared }: Facts, { upstream, window }: ReadShape): string {
  return `${getOriginalName(declared, upstream)} ${window}`
}

function findRead(
  progress: Progress,
  computation: ComputationShape,
  read: ReadShape,
  place: Place,
): PlacesRead {
  const label = formatLabel(progress.facts, read)
  const placesRead = findPlacesRead(progress, computation, read, place)
  const removed = findRemoved(progress, computation, read, place)
  const isEmpty = placesRead.places.length === 0 && requiresPartition(progress, read)
  const isShort = removed.length === 0 && (placesRead.isShort || isEmpty)
  return { upstream: read.upstream, label, ...placesRead, removed, isShort }
}

/** Tests whether an empty window of a read blocks its reader. */
function requiresPartition({ exists: existing, optional }: Progress, read: ReadShape): boolean {
  const isWhole = read.window === "whole" || read.window === "skip 3" || read.window === "latest"
  if (optional.has(read.upstream) && !isWhole) return false
  return !truncatedWindows.includes(read.window) || existing.get(read.upstream)!.size === 0
}

const truncatedWindows: readonly WindowName[] = ["last 2", "error 4", "before"]

/** The read of a check. A window without partitions does not block it, unless it requires a whole one. */
function findReadOfCheck(
  progress: Progress,
  computation: ComputationShape,
  read: ReadShape,
  place: Place,
): PlacesRead {
  const label = formatLabel(progress.facts, read)
  const { places, isShort } = findPlacesRead(progress, computation, read, place)
  const isBlocking = isShort && read.window === "error 4"
  return { upstream: read.upstream, label, places, removed: [], isShort: isBlocking }
}

interface PlacesRead {
  readonly upstream: string
  readonly label: string
  readonly places: readonly Place[]
  readonly removed: readonly (readonly [key: string, content: string])[]
  readonly isShort: boolean
}

function listReadContent(progress: Progress, read: PlacesRead): ReadContent {
  return listVersions(progress, read).filter(([, content]) => content !== noFile)
}

const noFile = "no file"

/** The content of a read, independent of the order of static keys. */
function listReadVersions(progress: Progress, read: PlacesRead) {
  const versions = listVersions(progress, read)
  return [read.label, versions.toSorted(([a], [b]) => (a < b ? -1 : 1))]
}

function listVersions(
  { facts, granularities, contents }: Progress,
  { upstream, places, removed }: PlacesRead,
): readonly (readonly [key: string, content: string])[] {
  const versions = new Map(removed)
  for (const place of places) {
    const key = getKey(facts, granularities.get(upstream)!, place)
    if (!versions.has(key)) versions.set(key, contents.get(upstream)!.get(place) ?? noFile)
  }
  return [...versions]
}
