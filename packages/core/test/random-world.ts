import fc from "fast-check"

import type { AnyAsset, Asset, ComputeRequest, Graph, Read, Relation, Sql } from "../src/index.ts"
import { all, last, latest, previous, publishTo, relationName } from "../src/index.ts"
import { sharedRows, sql, sqlAssets, unpartitioned, upTo, window } from "../src/index.ts"
import { dailyAsset, everyDay, graphOf, snapshotSource, source } from "./declared.ts"

/** The windows that random graphs read through. Of each there is one relation name, whatever the upstream. */
export const windows = [
  "same",
  "last 2",
  "skip 3",
  "error 4",
  "before",
  "latest",
  "up to",
  "all",
] as const
export type WindowName = (typeof windows)[number]

/** A graph as the oracle and the builder of declarations understand it: sources first, then what is computed. */
export interface Shape {
  readonly sources: readonly SourceShape[]
  readonly computations: readonly ComputationShape[]
}

export interface SourceShape {
  readonly name: string
  readonly isDaily: boolean
  readonly whenMissing: "empty" | "wait"
}

export interface ComputationShape {
  readonly name: string
  readonly isDaily: boolean
  readonly accumulates: boolean
  /** Two of them share a computation. */
  readonly outputs: readonly string[]
  /** Rows are numbers below this one: a small one makes new rows often the same as the old. */
  readonly modulus: number
  readonly reads: readonly { readonly of: string; readonly window: WindowName }[]
  readonly isPublished: boolean
}

/** What happens to the world, and which run answers it. */
export interface Chapter {
  readonly edits: readonly Edit[]
  readonly run: "complete" | "failing" | "partial"
  readonly pick: number
  readonly concurrency: number
}

export type Edit =
  | { readonly kind: "land"; readonly pick: number; readonly day: number; readonly content: number }
  | { readonly kind: "take away"; readonly pick: number; readonly day: number }
  | { readonly kind: "code"; readonly pick: number; readonly salt: number }
  | { readonly kind: "midnight" }

const number = (below: number) => fc.nat({ max: below - 1 })

const chapter: fc.Arbitrary<Chapter> = fc.record({
  edits: fc.array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({
          kind: fc.constant("land" as const),
          pick: number(97),
          day: fc.integer({ min: 1, max: 9 }),
          content: number(4),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant("take away" as const),
          pick: number(97),
          day: fc.integer({ min: 1, max: 9 }),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant("code" as const),
          pick: number(97),
          salt: number(3),
        }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("midnight" as const) }) },
    ),
    { minLength: 1, maxLength: 3 },
  ),
  run: fc.constantFrom("complete", "complete", "failing", "partial"),
  pick: number(9973),
  concurrency: fc.integer({ min: 1, max: 3 }),
})

const sources = fc.array(
  fc.record({
    isDaily: fc.constantFrom(true, true, true, false),
    whenMissing: fc.constantFrom("empty" as const, "wait" as const),
    landed: fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 6 }),
  }),
  { minLength: 1, maxLength: 3 },
)

const computations = fc.array(
  fc.record({
    isDaily: fc.constantFrom(true, true, true, true, true, false),
    accumulates: fc.constantFrom(false, false, false, true),
    isDouble: fc.constantFrom(false, false, false, true),
    isPublished: fc.constantFrom(false, false, true),
    modulus: fc.constantFrom(1, 2, 3, 1009),
    reads: fc.array(fc.record({ pick: number(997), window: number(windows.length) }), {
      minLength: 1,
      maxLength: 3,
    }),
  }),
  { minLength: 2, maxLength: 8 },
)

/** A random graph, what has landed at first, and what happens then. */
export const story = fc
  .record({ sources, computations, chapters: fc.array(chapter, { minLength: 1, maxLength: 5 }) })
  .map((drawn) => ({
    shape: shapeOf(drawn),
    landed: drawn.sources.map(({ landed }) => landed),
    chapters: drawn.chapters,
  }))

interface Drawn {
  readonly sources: readonly Pick<SourceShape, "isDaily" | "whenMissing">[]
  readonly computations: readonly {
    readonly isDaily: boolean
    readonly accumulates: boolean
    readonly isDouble: boolean
    readonly isPublished: boolean
    readonly modulus: number
    readonly reads: readonly { readonly pick: number; readonly window: number }[]
  }[]
}

function shapeOf(drawn: Drawn): Shape {
  const readable = drawn.sources.map(({ isDaily }, index) => ({ name: `s${index}`, isDaily }))
  const computations = drawn.computations.map((each, index) => {
    const { isDaily, isDouble, modulus } = each
    const name = `c${index}`
    const accumulates = each.accumulates && isDaily && !isDouble
    const outputs = isDouble ? [`${name}_x`, `${name}_y`] : [name]
    const reads = readsOf(each, readable)
    readable.push(...outputs.map((output) => ({ name: output, isDaily })))
    const isPublished = each.isPublished && isDaily && !isDouble
    return { name, isDaily, accumulates, outputs, modulus, reads, isPublished }
  })
  const sources = drawn.sources.map((each, index) => ({ ...each, name: `s${index}` }))
  return { sources, computations }
}

function readsOf(
  { isDaily, reads }: Pick<Drawn["computations"][number], "isDaily" | "reads">,
  readable: readonly { readonly name: string; readonly isDaily: boolean }[],
): ComputationShape["reads"] {
  const chosen = new Map<string, ComputationShape["reads"][number]>()
  for (const { pick, window } of reads) {
    const upstream = readable[pick % readable.length]!
    const drawn = windows[window]!
    const uncut = drawn === "latest" ? "latest" : "all"
    const fitting = !upstream.isDaily ? "same" : isDaily ? drawn : uncut
    chosen.set(`${upstream.name} ${fitting}`, { of: upstream.name, window: fitting })
  }
  return [...chosen.values()]
}

/** The declarations of a shape, `salts` being what an edit of the code changes. */
export function declare(shape: Shape, salts: ReadonlyMap<string, number>): Graph {
  const declared = new Map<string, AnyAsset>()
  for (const { name, isDaily, whenMissing } of shape.sources)
    declared.set(name, isDaily ? source(name, { whenMissing }) : snapshotSource(name))
  for (const computation of shape.computations)
    for (const asset of declareOne(computation, declared, salts.get(computation.name) ?? 0))
      declared.set(asset.name, asset)
  return graphOf(...declared.values())
}

function declareOne(
  computation: ComputationShape,
  declared: ReadonlyMap<string, AnyAsset>,
  salt: number,
): readonly Asset[] {
  const { name, modulus, outputs, accumulates, isDaily, isPublished } = computation
  const reads = computation.reads.map(({ of, window }) => read(declared.get(of)!, window))
  const from = [...reads, ...(accumulates ? [previous()] : [])].map((each) => sql`${each}`)
  const query = from.reduce<Sql>((left, right) => sql`${left} ${right}`, sql`${salt} ${modulus}`)
  const partitions = isDaily ? everyDay : unpartitioned
  const publish = publishTo({ $inferInsert: {} }, { set: "published" })
  if (outputs.length === 1)
    return [dailyAsset(name, query, { partitions, ...(isPublished && { publish }) })]
  const own = dailyAsset(name, query).columns
  const described = outputs.map((output) => [
    output,
    { description: "", columns: own, query: sql`${output} ${sharedRows}` },
  ])
  const shared = query as Sql<never> // the graph's own rules are what is tested here
  return Object.values(
    sqlAssets({ name, group: "g", partitions, shared, outputs: Object.fromEntries(described) }),
  )
}

function read(asset: AnyAsset, name: WindowName): Read {
  const timed = asset as AnyAsset & { partitions: { kind: "daily" } } // windows other than same and all are for these
  switch (name) {
    case "same":
      return { kind: "read", asset, window: { kind: "same" } }
    case "last 2":
      return last(2, timed)
    case "skip 3":
      return last(3, timed, { onShortWindow: "skip" })
    case "error 4":
      return last(4, timed, { onShortWindow: "error" })
    case "before":
      return window(timed, -2, -1)
    case "latest":
      return latest(timed)
    case "up to":
      return upTo(timed)
    case "all":
      return all(asset)
  }
}

/** The name under which the engine is given what is read through a window. */
export function relationOf(of: string, window: WindowName | "previous"): string {
  if (window === "previous") return relationName(previous())
  const stand = dailyAsset(of, sql``)
  return relationName(read(stand, window))
}

/** What every computation of a random graph does: a number from its code and from all that it reads, in order. */
export function rows(
  code: { readonly salt: number; readonly modulus: number },
  output: string,
  relations: readonly (readonly [string, readonly string[]])[],
): string {
  let sum = code.salt + output.length + output.charCodeAt(output.length - 1)
  for (const [name, values] of relations.toSorted(([a], [b]) => (a < b ? -1 : 1)))
    for (const text of [name.length, "|", ...values])
      sum = (sum * 31 + (Number(text) || 7)) % 1_000_003
  return String(sum % code.modulus)
}

/** The engine of random graphs: reads salt and modulus out of the query. */
export function engineRows(
  { computation, relations }: ComputeRequest,
  asset: string,
  contents: (relation: Relation) => string[],
): string {
  if (computation.kind === "code") throw new Error("random graphs are SQL")
  const [part] = (computation.shared ?? computation.outputs[0]!.query).parts
  const [salt, modulus] = (part?.kind === "text" ? part.text : "").split(" ").map(Number)
  const read = relations.map((relation) => [relation.name, contents(relation)] as const)
  return rows({ salt: salt!, modulus: modulus! }, asset, read)
}
