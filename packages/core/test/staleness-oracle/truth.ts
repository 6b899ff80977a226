import { getCalendar, getPlace } from "./calendar.ts"
import {
  type ComputedPartition,
  type Facts,
  type FindSourceReads,
  type Place,
  type Progress,
  type SourceReads,
  evaluateSources,
  exists,
  findWindow,
  formatDefinition,
  getKey,
  isEnded,
  listDeclaredPlaces,
  truncatedWindows,
} from "./existence.ts"
import type { ComputationShape, ReadContent, ReadShape, Shape } from "./shape.ts"
import {
  findCheckRead,
  getOriginalName,
  passes,
  listPresentComputations,
  computeRows,
} from "./shape.ts"

/** The truth of one partition by definition, independent of records. */
export interface Truth extends ComputedPartition {
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
  const [start, end] = facts.setting.declared[granularity].map((bound) =>
    bound === undefined ? undefined : getPlace(facts.setting, granularity, bound),
  )
  const key = getKey(facts, computation.granularity, place)
  const definition = formatDefinition(facts, computation.granularity)
  const recordedRead = formatRecordedRead(progress, { ...read, label: formatLabel(facts, read) })
  const sourceReads = progress.findSourceReads({ computation, key, definition })
  const recorded = sourceReads?.get(recordedRead) ?? []
  const existing = progress.exists.get(read.upstream)!
  const last = existing.size === 0 ? Infinity : Math.max(...existing)
  const removed = recorded.filter(([recordedKey, content]) => {
    const recordedPlace = getPlace(facts.setting, granularity, recordedKey)
    const isEmptyAlready = content === noFile && existing.has(recordedPlace)
    const isDeclared = recordedPlace >= start! && recordedPlace <= Math.min(end ?? Infinity, last)
    const isLanded = facts.landed.get(read.upstream)!.has(recordedKey)
    return isDeclared && recordedPlace < first && !isEmptyAlready && !isLanded
  })
  return removed.some(([, content]) => content !== noFile) ? removed : []
}

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
  const { facts } = progress
  const { id, granularity, outputs, modulus } = computation
  const reads = findReads(progress, computation, place)
  const checkReads = findCheckReads(progress, shape, computation, { place, reads })
  const allReads = new Set([...reads, ...[...checkReads.values()].flat()])
  const code = { salt: facts.declared.salts.get(id) ?? 0, modulus }
  const readContents = reads.map((read) => listReadContent(progress, read))
  const contents = new Map(
    outputs.map((output, at) => [output, computeRows(code, at, readContents)]),
  )
  const definition = formatDefinition(facts, granularity)
  const names = outputs.map((output) => getOriginalName(facts.declared, output))
  const versions = reads.map((read) => listReadVersions(progress, read))
  return {
    computation,
    key: getKey(facts, granularity, place),
    definition,
    isBlocked: [...allReads].some((read) => isBlocking(progress, read)),
    isRemoved: reads.some(readsRemoved),
    sourceReads: listSourceReads(progress, reads),
    inputs: JSON.stringify([definition, names, code, versions]),
    contents,
    ...findCheckTruths(progress, contents, { reads, checkReads }),
    reads: [...allReads].flatMap((read) => listUpstreamReads(progress, read)),
  }
}

/** The reads of a partition; a computation that accumulates also reads its previous one. */
function findReads(
  progress: Progress,
  computation: ComputationShape,
  place: Place,
): readonly PlacesRead[] {
  const reads = computation.reads.map((read) => findRead(progress, computation, read, place))
  if (!computation.accumulates) return reads
  const [upstream] = computation.outputs as [string]
  const places = progress.exists.get(upstream)?.has(place - 1) === true ? [place - 1] : []
  return [...reads, { upstream, label: "itself previous", places, removed: [], isShort: false }]
}

/** Output → the reads of its checks. A read that its computation has as well is the same object. */
function findCheckReads(
  progress: Progress,
  shape: Shape,
  computation: ComputationShape,
  { place, reads }: { readonly place: Place; readonly reads: readonly PlacesRead[] },
): ReadonlyMap<string, readonly PlacesRead[]> {
  const { declared } = progress.facts
  const findOutputReads = (output: string): readonly PlacesRead[] => {
    const read = findCheckRead(shape, declared, output)
    if (read === undefined) return []
    const shared = reads.filter(({ label }) => label === formatLabel(progress.facts, read))
    return shared.length > 0 ? shared : [findReadOfCheck(progress, computation, read, place)]
  }
  return new Map(computation.outputs.map((output) => [output, findOutputReads(output)]))
}

/** The results and the inputs of the checks of a partition. */
function findCheckTruths(
  progress: Progress,
  contents: ReadonlyMap<string, string>,
  {
    reads,
    checkReads,
  }: {
    readonly reads: readonly PlacesRead[]
    readonly checkReads: ReadonlyMap<string, readonly PlacesRead[]>
  },
): Pick<Truth, "checksPassed" | "uncheckable" | "checkInputs"> {
  const checksPassed = new Map<string, boolean>()
  const uncheckable = new Set<string>()
  const checkInputs = new Map<string, string>()
  for (const [output, outputReads] of checkReads) {
    const rule = progress.facts.declared.checks.get(output)
    const readContents = outputReads.map((read) => listReadContent(progress, read))
    checksPassed.set(output, passes(rule, contents.get(output)!, readContents))
    if (outputReads.some(readsRemoved)) uncheckable.add(output)
    const labels = outputReads.map(({ label }) => label)
    const furtherReads = outputReads.filter((read) => !reads.includes(read))
    const versions = furtherReads.map((read) => listReadVersions(progress, read))
    checkInputs.set(output, JSON.stringify([labels, versions]))
  }
  return { checksPassed, uncheckable, checkInputs }
}

function isBlocking({ missingFiles }: Progress, { upstream, places, isShort }: PlacesRead) {
  return isShort || places.some((place) => missingFiles.has(`${upstream} ${place}`))
}

function readsRemoved({ removed }: PlacesRead): boolean {
  return removed.length > 0
}

/** The files of sources in some reads. */
function listSourceReads(progress: Progress, reads: readonly PlacesRead[]): SourceReads {
  return new Map(
    reads
      .filter(({ upstream }) => !progress.makers.has(upstream))
      .map((read) => [formatRecordedRead(progress, read), listVersions(progress, read)]),
  )
}

/** The partitions of computations in a read. */
function listUpstreamReads(
  { facts, makers, granularities }: Progress,
  { upstream, places }: PlacesRead,
): Truth["reads"] {
  const maker = makers.get(upstream)
  if (maker === undefined) return []
  const granularity = granularities.get(upstream)!
  return places.map((place) => ({
    name: `${maker} ${getKey(facts, granularity, place)}`,
    output: upstream,
  }))
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

/** The name of a read in records: files of other partitions of a source are not files of its present ones. */
function formatRecordedRead(
  { facts, granularities }: Progress,
  { upstream, label }: Pick<PlacesRead, "upstream" | "label">,
): string {
  return `${label}, ${formatDefinition(facts, granularities.get(upstream)!)}`
}

/** Tests whether an empty window of a read blocks its reader. */
function requiresPartition({ exists: existing, optional }: Progress, read: ReadShape): boolean {
  const isWhole = read.window === "whole" || read.window === "skip 3" || read.window === "latest"
  if (optional.has(read.upstream) && !isWhole) return false
  return !truncatedWindows.includes(read.window) || existing.get(read.upstream)!.size === 0
}

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
  const versions = listVersions(progress, read).map(
    ([key, content]) => [formatVersionKey(progress, read.upstream, key), content] as const,
  )
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

/** Names a partition as versions do: hours by their instants, because other clocks show them under other keys. */
function formatVersionKey({ facts, granularities }: Progress, upstream: string, key: string) {
  if (granularities.get(upstream) !== "hourly") return key
  const place = getPlace(facts.setting, "hourly", key)
  return String(getCalendar(facts.setting).hourly[place]?.fromMs)
}
