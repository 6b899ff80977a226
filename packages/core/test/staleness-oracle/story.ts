import fc from "fast-check"

import type { Granularity, TimedGranularity } from "./calendar.ts"
import { type Setting, getCalendar, getPlace, settings } from "./calendar.ts"
import type { ComputationShape, Publication, ReadShape, Rule, Shape, SourceShape } from "./shape.ts"
import { chooseWindow, windows } from "./shape.ts"

/** A random graph, its first landed files, and the chapters that follow. */
export interface Story {
  readonly setting: Setting
  readonly drawn: Drawn
  /** The picks of the first landed partitions, by source. */
  readonly landed: readonly (readonly number[])[]
  readonly chapters: readonly Chapter[]
}

/** Edits of the project, and the run after them. */
export interface Chapter {
  readonly edits: readonly Edit[]
  readonly run: RunKind
  readonly pick: number
  readonly concurrency: number
}

/** `stopped` is a cancelled run, `killed` a process that ends before it records its step. */
export type RunKind = "complete" | "failing" | "partial" | "stopped" | "killed"

export type Edit = { readonly pick: number } & (
  | { readonly kind: "land"; readonly place: number; readonly content: number }
  | { readonly kind: "take away"; readonly place: number }
  | { readonly kind: "take away the oldest"; readonly count: number }
  | { readonly kind: "code"; readonly salt: number }
  | { readonly kind: "time"; readonly hours: number }
  | { readonly kind: "remove or bring back" }
  | { readonly kind: "rename"; readonly isSaid: boolean }
  | { readonly kind: "checks"; readonly rule: Rule | undefined }
  | { readonly kind: "wipe" }
  | { readonly kind: "group"; readonly group: string }
  | { readonly kind: "keys"; readonly keys: readonly string[] }
  | { readonly kind: "granularity"; readonly granularity: Granularity }
  | { readonly kind: "set"; readonly set: string; readonly isWhole: boolean }
  | { readonly kind: "table"; readonly other: number }
  | { readonly kind: "keep"; readonly keep: Publication["keep"] }
  | { readonly kind: "swap"; readonly other: number }
  | { readonly kind: "zone"; readonly zone: string | undefined }
  | { readonly kind: "clock ahead"; readonly days: number }
  | {
      readonly kind: "bounds"
      readonly granularity: TimedGranularity
      readonly shift: number
      readonly length: number | undefined
    }
)

const number = (below: number) => fc.nat({ max: below - 1 })

/** Keys with separators and other special characters. */
const keySets: readonly (readonly string[])[] = [
  ["eu, west", "us"],
  ["us", "eu, west"],
  ["us", "eu, west", "a=1 b"],
]

const severity = fc.constantFrom("error" as const, "warn" as const)
const checkRead = fc.option(fc.record({ pick: number(7), window: number(windows.length) }), {
  nil: undefined,
})
const rule = fc.option(fc.record({ remainder: number(3), severity, read: checkRead }), {
  nil: undefined,
})

function buildEdit(
  weight: number,
  kind: Edit["kind"],
  more: Readonly<Record<string, fc.Arbitrary<unknown>>>,
  picks = 997,
) {
  const arbitrary = fc.record({ kind: fc.constant(kind), pick: number(picks), ...more })
  return { weight, arbitrary: arbitrary as unknown as fc.Arbitrary<Edit> } // the record has the fields of its kind
}

const granularity = fc.constantFrom<Granularity>(
  ...([
    "daily",
    "daily",
    "daily",
    "daily",
    "hourly",
    "weekly",
    "monthly",
    "static",
    "none",
  ] as const),
)

const anyEdit = fc.oneof(
  buildEdit(8, "land", { place: number(97), content: number(3) }),
  buildEdit(2, "take away", { place: number(97) }),
  buildEdit(2, "take away the oldest", { count: fc.constantFrom(1, 2, 9) }),
  buildEdit(5, "code", { salt: number(2) }),
  buildEdit(2, "time", { hours: fc.constantFrom(1, 24, 72) }),
  buildEdit(1, "remove or bring back", {}),
  buildEdit(2, "rename", { isSaid: fc.boolean() }),
  buildEdit(3, "checks", { rule }),
  buildEdit(1, "wipe", {}),
  buildEdit(1, "group", { group: fc.constantFrom("g", "h") }),
  buildEdit(1, "keys", { keys: fc.constantFrom(...keySets) }),
  buildEdit(2, "granularity", { granularity }),
  buildEdit(1, "set", { set: fc.constantFrom("published", "other"), isWhole: fc.boolean() }),
  buildEdit(1, "table", { other: number(97) }),
  buildEdit(1, "keep", { keep: fc.constantFrom("latest", "partitions", 1, 3) }),
  buildEdit(1, "swap", { other: number(97) }),
  buildEdit(1, "zone", { zone: fc.constantFrom(undefined, "UTC", "America/New_York") }),
  buildEdit(1, "clock ahead", { days: fc.constantFrom(2, 9) }),
  buildEdit(2, "bounds", {
    granularity: fc.constantFrom("hourly", "daily", "daily", "weekly", "monthly"),
    shift: fc.integer({ min: -1, max: 2 }),
    length: fc.option(number(8), { nil: undefined }),
  }),
)

/** Stories in which checks and upstreams change close together, so that rebuilt partitions meet rows that fail their checks. */
const checksAndCode = fc.oneof(
  buildEdit(3, "checks", { rule }, 4),
  buildEdit(2, "code", { salt: number(2) }, 6),
  buildEdit(1, "land", { place: number(12), content: number(3) }, 4),
)

const chapter: fc.Arbitrary<Chapter> = fc.record({
  edits: fc.oneof(
    { weight: 3, arbitrary: fc.array(anyEdit, { minLength: 1, maxLength: 3 }) },
    { weight: 1, arbitrary: fc.array(checksAndCode, { minLength: 2, maxLength: 5 }) },
  ),
  run: fc.constantFrom<RunKind>(
    ...(["complete", "complete", "complete", "failing", "partial", "stopped", "killed"] as const),
  ),
  pick: number(9973),
  concurrency: fc.integer({ min: 1, max: 3 }),
})

const sources = fc.array(
  fc.record({
    granularity,
    whenMissing: fc.constantFrom("empty" as const, "gap" as const, "wait" as const),
    whenRemoved: fc.constantFrom("keep" as const, "retract" as const),
    landed: fc.uniqueArray(number(14), { minLength: 2, maxLength: 14 }),
  }),
  { minLength: 1, maxLength: 3 },
)

const computations = fc.array(
  fc.record({
    granularity,
    accumulates: fc.constantFrom(false, false, true),
    isDouble: fc.constantFrom(false, false, true),
    isPublished: fc.constantFrom(false, true, true),
    modulus: fc.constantFrom(1, 2, 3, 1009),
    reads: fc.array(fc.record({ pick: number(997), window: number(windows.length) }), {
      minLength: 1,
      maxLength: 3,
    }),
  }),
  { minLength: 2, maxLength: 7 },
)

export const story: fc.Arbitrary<Story> = fc
  .record({
    setting: fc.constantFrom(...settings),
    sources,
    computations,
    chapters: fc.array(chapter, { minLength: 1, maxLength: 5 }),
  })
  .map((drawn) => ({
    setting: drawn.setting,
    drawn: { sources: drawn.sources, computations: drawn.computations },
    landed: drawn.sources.map(({ landed }) => landed),
    chapters: drawn.chapters,
  }))

/** The first list of keys. */
export const firstKeys = keySets[0]!

/** The key of a source's partition for a pick; some are before the declared start or in the future. */
export function pickKey(
  setting: Setting,
  keys: readonly string[],
  granularity: Granularity,
  pick: number,
): string {
  if (granularity === "none") return "all"
  if (granularity === "static") return keys[pick % keys.length]!
  const counts = { hourly: 14, daily: 12, weekly: 6, monthly: 5 }
  const start = getPlace(setting, granularity, setting.declared[granularity][0])
  return getCalendar(setting)[granularity][start - 1 + (pick % counts[granularity])]!.key
}

/** The random choices of a graph. */
export interface Drawn {
  readonly sources: readonly Omit<SourceShape, "id">[]
  readonly computations: readonly (Pick<
    ComputationShape,
    "granularity" | "accumulates" | "modulus" | "isPublished"
  > & {
    readonly isDouble: boolean
    readonly reads: readonly { readonly pick: number; readonly window: number }[]
  })[]
}

type Readable = { readonly id: string; readonly granularity: Granularity }

/** Builds the graph of some choices; `granularities` replaces the drawn granularities of sources and computations. */
export function buildShape(
  drawn: Drawn,
  granularities: ReadonlyMap<string, Granularity> = new Map(),
): Shape {
  const sources = drawn.sources.map((source, place) => {
    const id = `s${place}`
    return { ...source, id, granularity: granularities.get(id) ?? source.granularity }
  })
  const readable: Readable[] = [...sources]
  const computations = drawn.computations.map((drawnComputation, place) => {
    const id = `c${place}`
    const granularity = granularities.get(id) ?? drawnComputation.granularity
    const computation = { ...drawnComputation, granularity }
    const { isDouble, modulus } = computation
    const accumulates =
      computation.accumulates && granularity !== "none" && granularity !== "static" && !isDouble
    const outputs = isDouble ? [`${id}_x`, `${id}_y`] : [id]
    const reads = buildReads(computation, readable)
    readable.push(...outputs.map((output) => ({ id: output, granularity })))
    const isPublished = computation.isPublished && granularity === "daily" && !isDouble
    return { id, granularity, accumulates, outputs, modulus, reads, isPublished }
  })
  return { sources, computations }
}

function buildReads(
  { granularity, reads }: Drawn["computations"][number],
  readable: readonly Readable[],
): readonly ReadShape[] {
  const chosen = new Map<string, ReadShape>()
  for (const { pick, window } of reads) {
    const upstream = readable[pick % readable.length]!
    const fitting = chooseWindow(granularity, upstream.granularity, windows[window]!)
    chosen.set(`${upstream.id} ${fitting}`, { upstream: upstream.id, window: fitting })
  }
  return [...chosen.values()]
}
