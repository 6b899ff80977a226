import { type Setting, calendarOf, overlapping, placeOf } from "./calendar.ts"
import type { Grain } from "./calendar.ts"
import { type ComputationShape, type Declared, type Found, type ReadShape } from "./shape.ts"
import { type Shape, grainsOf, lasting, passes, present, rows } from "./shape.ts"

/** What is true of one partition by definition, whatever was recorded. */
export interface Truth {
  readonly computation: ComputationShape
  readonly key: string
  /** Whether a file or a whole window that it needs is not there. */
  readonly waits: boolean
  /** Code and content of everything it reads, as text. */
  readonly inputs: string
  /** Output → its rows. */
  readonly contents: ReadonlyMap<string, string>
  /** Output → whether its checks let these rows pass. */
  readonly fit: ReadonlyMap<string, boolean>
  /** What it reads of other computations and of its own past: the name of the truth, and which output. */
  readonly reads: readonly { readonly name: string; readonly output: string }[]
}

/** What has landed, how far time is, and what is declared. */
export interface Facts {
  readonly setting: Setting
  /** Source → key → content. */
  readonly landed: ReadonlyMap<string, ReadonlyMap<string, string>>
  readonly nowMs: number
  readonly declared: Declared
}

/** A place: of time in its calendar, of a key in the set, 0 where nothing is cut. */
type Place = number

interface Known {
  readonly facts: Facts
  readonly grains: ReadonlyMap<string, Grain>
  /** The partitions that exist, by asset. */
  readonly exists: Map<string, ReadonlySet<Place>>
  readonly contents: Map<string, Map<Place, string>>
  /** `source place` without the file that its readers wait for. */
  readonly waiting: Set<string>
  /** Output → the computation that makes it. */
  readonly makers: Map<string, string>
  /** Until when the newest file of a source is; undefined when no time has landed. */
  frontierMs: number | undefined
}

/** Every partition of every computation from scratch, in order: `c1 2026-03-01` → its truth. */
export function truths(shape: Shape, facts: Facts): ReadonlyMap<string, Truth> {
  const known = knownOfSources(shape, facts)
  const result = new Map<string, Truth>()
  for (const computation of present(shape, facts.declared)) {
    const { id, grain, outputs } = computation
    const own = declaredPlaces(facts, grain).filter((place) => isThere(known, computation, place))
    for (const output of outputs) {
      known.exists.set(output, new Set(own))
      known.contents.set(output, new Map())
      known.makers.set(output, id)
    }
    for (const place of own) {
      const truth = truthOf(known, computation, place)
      for (const [output, content] of truth.contents)
        known.contents.get(output)!.set(place, content)
      result.set(`${id} ${truth.key}`, truth)
    }
  }
  return result
}

/** The partitions of time that are declared and over; all keys of a set. */
function declaredPlaces({ setting, declared, nowMs }: Facts, grain: Grain): readonly Place[] {
  if (grain === "none") return [0]
  if (grain === "static") return declared.keys.map((_, place) => place)
  const spans = calendarOf(setting)[grain]
  const [start, end] = setting.declared[grain]
  const from = placeOf(setting, grain, start)
  const to = end === undefined ? spans.length : placeOf(setting, grain, end) + 1
  return spans.slice(from, to).flatMap(({ toMs }, at) => (toMs <= nowMs ? [from + at] : []))
}

function keyAt({ setting, declared }: Facts, grain: Grain, place: Place): string {
  if (grain === "none") return "all"
  return grain === "static" ? declared.keys[place]! : calendarOf(setting)[grain][place]!.key
}

/** A source exists from its first file to its newest, what time does not cut as a whole: without any file where it may lack them. */
function knownOfSources(shape: Shape, facts: Facts): Known {
  const [exists, contents, waiting] = [new Map(), new Map(), new Set<string>()]
  let frontierMs: number | undefined
  for (const { id, grain, whenMissing } of shape.sources) {
    const files = new Map<Place, string>()
    const possible = declaredPlaces(facts, grain)
    for (const place of possible) {
      const content = facts.landed.get(id)?.get(keyAt(facts, grain, place))
      if (content !== undefined) files.set(place, content)
    }
    const [first, last] = [Math.min(...files.keys()), Math.max(...files.keys())]
    const isTimed = grain !== "none" && grain !== "static"
    const isThere = files.size > 0 || whenMissing === "empty"
    const own = possible.filter((place) => (isTimed ? place >= first && place <= last : isThere))
    exists.set(id, new Set(own))
    contents.set(id, files)
    for (const place of own)
      if (!files.has(place) && whenMissing === "wait") waiting.add(`${id} ${place}`)
    if (!isTimed || files.size === 0) continue
    const { toMs } = calendarOf(facts.setting)[grain][last]!
    frontierMs = Math.max(frontierMs ?? -Infinity, toMs)
  }
  const grains = grainsOf(shape)
  return { facts, grains, exists, contents, waiting, makers: new Map(), frontierMs }
}

/** A partition exists when each window's newest partition does, all of it where short windows are skipped; with nothing that bounds it, as far as files go. */
function isThere(known: Known, computation: ComputationShape, place: Place): boolean {
  const { facts, frontierMs } = known
  const { grain, reads } = computation
  let isBounded = grain === "none" || grain === "static"
  for (const read of reads) {
    const upstream = known.exists.get(read.of)!
    if (upstream.size === 0) return false
    const wanted = wantedPlaces(known, computation, read, place)
    if (wanted === "all") continue
    const [oldest, newest] = wanted
    if (read.window === "latest") {
      if (![...upstream].some((each) => each <= newest)) return false
      continue
    }
    isBounded = true
    const isSkipped = read.window === "whole" || read.window === "skip 3"
    if (!upstream.has(newest) || (isSkipped && !upstream.has(oldest))) return false
  }
  if (isBounded || frontierMs === undefined || grain === "none" || grain === "static") return true
  return calendarOf(facts.setting)[grain][place]!.toMs <= frontierMs
}

/** The partitions between which a window lies, whether they exist or not; `all` where time does not bound it. */
function wantedPlaces(
  { facts, grains }: Known,
  { grain }: ComputationShape,
  { of, window }: ReadShape,
  place: Place,
): readonly [Place, Place] | "all" {
  const upstream = grains.get(of)!
  if (window === "all" || grain === "none" || upstream === "none") return "all"
  if (grain === "static" || upstream === "static")
    return grain === upstream ? [place, place] : "all"
  const [from, to] = offsets[window]
  const first = from === -Infinity ? 0 : place + from
  const [oldest, newest] = overlapping(facts.setting, [grain, first, place + to], upstream)
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
function placesRead(known: Known, computation: ComputationShape, read: ReadShape, place: Place) {
  const wanted = wantedPlaces(known, computation, read, place)
  const there = [...known.exists.get(read.of)!].toSorted((a, b) => a - b)
  const [oldest, newest] = wanted === "all" ? [-Infinity, Infinity] : wanted
  const places = there.filter((each) => each >= oldest && each <= newest)
  const isShort = places[0] !== oldest || places.at(-1) !== newest
  if (read.window !== "latest") return { places, isShort: read.window === "error 4" && isShort }
  const isSource = !known.makers.has(read.of)
  const files = known.contents.get(read.of)!
  const newestThere = places.filter((each) => !isSource || files.has(each)).slice(-1)
  return { places: newestThere, isShort: newestThere.length === 0 }
}

function truthOf(known: Known, computation: ComputationShape, place: Place): Truth {
  const { facts, exists } = known
  const { id, grain, outputs, accumulates, modulus } = computation
  const key = keyAt(facts, grain, place)
  const reads = computation.reads.map((read) => ({
    of: read.of,
    label: `${lasting(facts.declared, read.of)} ${read.window}`,
    ...placesRead(known, computation, read, place),
  }))
  const before = exists.get(outputs[0]!)?.has(place - 1) === true ? [place - 1] : []
  if (accumulates)
    reads.push({ of: outputs[0]!, label: "itself previous", places: before, isShort: false })
  const found = reads.map((each): Found => foundIn(known, each))
  const code = { salt: facts.declared.salts.get(id) ?? 0, modulus }
  const names = outputs.map((output) => lasting(facts.declared, output))
  const content = (output: string) => rows(code, outputs.indexOf(output), found)
  return {
    computation,
    key,
    waits: reads.some(
      ({ of, places, isShort }) =>
        isShort || places.some((each) => known.waiting.has(`${of} ${each}`)),
    ),
    inputs: JSON.stringify([names, code, reads.map((each) => versionsIn(known, each))]),
    contents: new Map(outputs.map((output) => [output, content(output)])),
    fit: new Map(
      outputs.map((each) => [each, passes(facts.declared.checks.get(each), content(each))]),
    ),
    reads: reads.flatMap(({ of, places }) => {
      const maker = known.makers.get(of)
      if (maker === undefined) return []
      return places.map((each) => ({
        name: `${maker} ${keyAt(facts, known.grains.get(of)!, each)}`,
        output: of,
      }))
    }),
  }
}

interface PlacesRead {
  readonly of: string
  readonly label: string
  readonly places: readonly Place[]
}

function foundIn({ facts, grains, contents }: Known, { of, places }: PlacesRead): Found {
  return places.flatMap((place) => {
    const content = contents.get(of)!.get(place)
    return content === undefined ? [] : [[keyAt(facts, grains.get(of)!, place), content] as const]
  })
}

/** What was read, whatever the order of a set of keys. */
function versionsIn({ facts, grains, contents }: Known, { of, label, places }: PlacesRead) {
  const versions = places.map((place) => [
    keyAt(facts, grains.get(of)!, place),
    contents.get(of)!.get(place) ?? "no file",
  ])
  return [label, versions.toSorted(([a], [b]) => (a! < b! ? -1 : 1))]
}
