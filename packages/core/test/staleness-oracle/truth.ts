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
  getGranularities,
  getOriginalName,
  passes,
  listPresentComputations,
  computeRows,
} from "./shape.ts"

/** What is true of one partition by definition, whatever was recorded. */
export interface Truth {
  readonly computation: ComputationShape
  readonly key: string
  /** Whether a file or a whole window that it needs is not there. */
  readonly isBlocked: boolean
  /** Code and content of everything it reads, as text. */
  readonly inputs: string
  /** Output → its rows. */
  readonly contents: ReadonlyMap<string, string>
  /** Output → whether its checks let these rows pass. */
  readonly checksPassed: ReadonlyMap<string, boolean>
  /** What it reads of other computations and of its own past: the name of the truth, and which output. */
  readonly reads: readonly { readonly name: string; readonly output: string }[]
}

/** What has landed, how far time is, and what is declared. */
export interface Facts {
  readonly setting: Setting
  /** Source → key → content. */
  readonly landed: ReadonlyMap<string, ReadonlyMap<string, string>>
  readonly nowMs: number
  readonly declared: Declarations
}

/** A place: of time in its calendar, of a key in the set, 0 where nothing is cut. */
type Place = number

interface Progress {
  readonly facts: Facts
  readonly grains: ReadonlyMap<string, Granularity>
  /** The partitions that exist, by asset. */
  readonly exists: Map<string, ReadonlySet<Place>>
  readonly contents: Map<string, Map<Place, string>>
  /** `source place` without the file that its readers wait for. */
  readonly missingFiles: Set<string>
  /** Output → the computation that makes it. */
  readonly makers: Map<string, string>
  /** Until when the newest file of a source is; undefined when no time has landed. */
  frontierMs: number | undefined
}

/** Every partition of every computation from scratch, in order: `c1 2026-03-01` → its truth. */
export function findTruths(shape: Shape, facts: Facts): ReadonlyMap<string, Truth> {
  const progress = evaluateSources(shape, facts)
  const result = new Map<string, Truth>()
  for (const computation of listPresentComputations(shape, facts.declared)) {
    const { id, granularity, outputs } = computation
    const places = listDeclaredPlaces(facts, granularity).filter((place) =>
      exists(progress, computation, place),
    )
    for (const output of outputs) {
      progress.exists.set(output, new Set(places))
      progress.contents.set(output, new Map())
      progress.makers.set(output, id)
    }
    for (const place of places) {
      const truth = findTruth(progress, computation, place)
      for (const [output, content] of truth.contents)
        progress.contents.get(output)!.set(place, content)
      result.set(`${id} ${truth.key}`, truth)
    }
  }
  return result
}

/** The partitions of time that are declared and over; all keys of a set. */
function listDeclaredPlaces(
  { setting, declared, nowMs }: Facts,
  grain: Granularity,
): readonly Place[] {
  if (grain === "none") return [0]
  if (grain === "static") return declared.keys.map((_, place) => place)
  const spans = getCalendar(setting)[grain]
  const [start, end] = setting.declared[grain]
  const from = getPlace(setting, grain, start)
  const to = end === undefined ? spans.length : getPlace(setting, grain, end) + 1
  return spans.slice(from, to).flatMap(({ toMs }, at) => (toMs <= nowMs ? [from + at] : []))
}

function getKey({ setting, declared }: Facts, grain: Granularity, place: Place): string {
  if (grain === "none") return "all"
  return grain === "static" ? declared.keys[place]! : getCalendar(setting)[grain][place]!.key
}

/** A source exists from its first file to its newest, what time does not cut as a whole: without any file where it may lack them. */
function evaluateSources(shape: Shape, facts: Facts): Progress {
  const [exists, contents, waiting] = [new Map(), new Map(), new Set<string>()]
  let frontierMs: number | undefined
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
    const places = possible.filter((place) => (isTimed ? place >= first && place <= last : isThere))
    exists.set(id, new Set(places))
    contents.set(id, files)
    for (const place of places)
      if (!files.has(place) && whenMissing === "wait") waiting.add(`${id} ${place}`)
    if (!isTimed || files.size === 0) continue
    const { toMs } = getCalendar(facts.setting)[granularity][last]!
    frontierMs = Math.max(frontierMs ?? -Infinity, toMs)
  }
  const grains = getGranularities(shape)
  return { facts, grains, exists, contents, missingFiles: waiting, makers: new Map(), frontierMs }
}

/** A partition exists when each window's newest partition does, all of it where short windows are skipped; with nothing that bounds it, as far as files go. */
function exists(progress: Progress, computation: ComputationShape, place: Place): boolean {
  const { facts, frontierMs } = progress
  const { granularity, reads } = computation
  let isBounded = granularity === "none" || granularity === "static"
  for (const read of reads) {
    const upstream = progress.exists.get(read.upstream)!
    if (upstream.size === 0) return false
    const window = findWindow(progress, computation, read, place)
    if (window === "all") continue
    const [oldest, newest] = window
    if (read.window === "latest") {
      if (![...upstream].some((upstreamPlace) => upstreamPlace <= newest)) return false
      continue
    }
    isBounded = true
    const isSkipped = read.window === "whole" || read.window === "skip 3"
    if (!upstream.has(newest) || (isSkipped && !upstream.has(oldest))) return false
  }
  if (isBounded || frontierMs === undefined || granularity === "none" || granularity === "static")
    return true
  return getCalendar(facts.setting)[granularity][place]!.toMs <= frontierMs
}

/** The partitions between which a window lies, whether they exist or not; `all` where time does not bound it. */
function findWindow(
  { facts, grains }: Progress,
  { granularity }: ComputationShape,
  { upstream: upstreamName, window }: ReadShape,
  place: Place,
): readonly [Place, Place] | "all" {
  const upstream = grains.get(upstreamName)!
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

/** What one read finds: existing partitions inside of its window, in order; of the latest, one. */
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

function findTruth(progress: Progress, computation: ComputationShape, place: Place): Truth {
  const { facts, exists } = progress
  const { id, granularity, outputs, accumulates, modulus } = computation
  const key = getKey(facts, granularity, place)
  const reads = computation.reads.map((read) => ({
    upstream: read.upstream,
    label: `${getOriginalName(facts.declared, read.upstream)} ${read.window}`,
    ...findPlacesRead(progress, computation, read, place),
  }))
  const previousPlaces = exists.get(outputs[0]!)?.has(place - 1) === true ? [place - 1] : []
  if (accumulates)
    reads.push({
      upstream: outputs[0]!,
      label: "itself previous",
      places: previousPlaces,
      isShort: false,
    })
  const readContents = reads.map((read): ReadContent => listReadContent(progress, read))
  const code = { salt: facts.declared.salts.get(id) ?? 0, modulus }
  const names = outputs.map((output) => getOriginalName(facts.declared, output))
  const content = (output: string) => computeRows(code, outputs.indexOf(output), readContents)
  return {
    computation,
    key,
    isBlocked: reads.some(
      ({ upstream, places, isShort }) =>
        isShort ||
        places.some((candidate) => progress.missingFiles.has(`${upstream} ${candidate}`)),
    ),
    inputs: JSON.stringify([names, code, reads.map((read) => listReadVersions(progress, read))]),
    contents: new Map(outputs.map((output) => [output, content(output)])),
    checksPassed: new Map(
      outputs.map((output) => [output, passes(facts.declared.checks.get(output), content(output))]),
    ),
    reads: reads.flatMap(({ upstream, places }) => {
      const maker = progress.makers.get(upstream)
      if (maker === undefined) return []
      return places.map((candidate) => ({
        name: `${maker} ${getKey(facts, progress.grains.get(upstream)!, candidate)}`,
        output: upstream,
      }))
    }),
  }
}

interface PlacesRead {
  readonly upstream: string
  readonly label: string
  readonly places: readonly Place[]
}

function listReadContent(
  { facts, grains, contents }: Progress,
  { upstream, places }: PlacesRead,
): ReadContent {
  return places.flatMap((place) => {
    const content = contents.get(upstream)!.get(place)
    return content === undefined
      ? []
      : [[getKey(facts, grains.get(upstream)!, place), content] as const]
  })
}

/** What was read, whatever the order of a set of keys. */
function listReadVersions(
  { facts, grains, contents }: Progress,
  { upstream, label, places }: PlacesRead,
) {
  const versions = places.map((place) => [
    getKey(facts, grains.get(upstream)!, place),
    contents.get(upstream)!.get(place) ?? "no file",
  ])
  return [label, versions.toSorted(([a], [b]) => (a! < b! ? -1 : 1))]
}
