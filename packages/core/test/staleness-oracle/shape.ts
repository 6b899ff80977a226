import type { Granularity } from "./calendar.ts"

/** The windows of reads in random graphs, each with one relation name per upstream. */
export const windows = [
  "same",
  "last 2",
  "whole",
  "skip 3",
  "error 4",
  "before",
  "latest",
  "up to",
  "all",
] as const
export type WindowName = (typeof windows)[number]

/** A graph for both the oracle and the builder of declarations: sources, then computations. */
export interface Shape {
  readonly sources: readonly SourceShape[]
  readonly computations: readonly ComputationShape[]
}

export interface SourceShape {
  readonly id: string
  readonly granularity: Granularity
  readonly whenMissing: "empty" | "gap" | "wait"
  readonly whenRemoved: "keep" | "retract"
}

export interface ComputationShape {
  readonly id: string
  readonly granularity: Granularity
  readonly accumulates: boolean
  /** Two of them share a computation. */
  readonly outputs: readonly string[]
  /** Rows are numbers below this one: with a small one, new rows often equal the previous ones. */
  readonly modulus: number
  readonly reads: readonly ReadShape[]
  readonly isPublished: boolean
}

export interface ReadShape {
  readonly upstream: string
  readonly window: WindowName
}

/** The editable part of the declarations. Assets are identified by their first names. */
export interface Declarations {
  /** Computation → its code. */
  readonly salts: ReadonlyMap<string, number>
  /** Asset → its current name and previous names, if it was renamed. */
  readonly names: ReadonlyMap<string, NamedAsset>
  readonly removed: ReadonlySet<string>
  readonly checks: ReadonlyMap<string, Rule>
  /** Source or computation → its group, if it is not the first one. */
  readonly groups: ReadonlyMap<string, string>
  /** Computation → its publication, if it is not the first one. */
  readonly publications: ReadonlyMap<string, Publication>
  /** Asset → the name of its history, if it is not the asset's first name. */
  readonly histories: ReadonlyMap<string, string>
  /** Asset → the asset with which it swapped names. */
  readonly swaps: ReadonlyMap<string, string>
  /** The keys of all assets partitioned by key. */
  readonly keys: readonly string[]
}

/** The publication of a daily computation: its set, the first computation with its table, and the days in the table. */
export interface Publication {
  readonly set: string
  readonly table: string
  readonly keep: "latest" | "partitions" | number
}

/** The publication of a computation. */
export function getPublication({ publications }: Declarations, id: string): Publication {
  return publications.get(id) ?? { set: "published", table: id, keep: "latest" }
}

export interface NamedAsset {
  readonly name: string
  readonly previousNames: readonly string[]
}

/** A check of a random graph: fails for rows, or their sum with the rows that it reads, with this remainder modulo three. */
export interface Rule {
  readonly remainder: number
  readonly severity: "error" | "warn"
  /** Picks an upstream that the check reads, directly or not, and a window. */
  readonly read: { readonly pick: number; readonly window: number } | undefined
}

/** Finds the read of an output's check: one of the present upstreams of its computation, if it has any. */
export function findCheckRead(
  shape: Shape,
  declared: Declarations,
  output: string,
): ReadShape | undefined {
  const read = declared.checks.get(output)?.read
  const present = listPresentComputations(shape, declared)
  const computation = present.find(({ outputs }) => outputs.includes(output))
  if (read === undefined || computation === undefined) return undefined
  const upstreams = listUpstreams(present, computation)
  const upstream = upstreams[read.pick % upstreams.length]
  if (upstream === undefined) return undefined
  const granularity = getGranularities(shape).get(upstream)!
  const window = chooseWindow(computation.granularity, granularity, windows[read.window]!)
  return { upstream, window }
}

/** The assets and sources upstream of a computation, directly or not. */
function listUpstreams(
  present: readonly ComputationShape[],
  { reads }: ComputationShape,
): readonly string[] {
  const upstreams = new Set(reads.map(({ upstream }) => upstream))
  for (const name of upstreams)
    for (const read of present.find(({ outputs }) => outputs.includes(name))?.reads ?? [])
      upstreams.add(read.upstream)
  return [...upstreams].toSorted()
}

/** The drawn window if the granularities allow it, or else an allowed one. */
export function chooseWindow(
  granularity: Granularity,
  upstream: Granularity,
  drawn: WindowName,
): WindowName {
  if (drawn === "all" || upstream === "none") return drawn === "all" ? "all" : "same"
  if (upstream === "static") return granularity === "static" ? "same" : "all"
  if (granularity === "none" || granularity === "static")
    return drawn === "latest" ? "latest" : "all"
  const isCrossing =
    new Set([granularity, upstream, "weekly", "monthly"]).size === 2 && granularity !== upstream
  return isCrossing ? "all" : drawn
}

/** The current name of an asset, with its previous names. */
export function getName({ names }: Pick<Declarations, "names">, id: string): NamedAsset {
  return names.get(id) ?? { name: id, previousNames: [] }
}

/** The name of an asset's history: its oldest previous name. */
export function getOriginalName(declared: Declarations, id: string): string {
  const { name, previousNames } = getName(declared, id)
  return previousNames[0] ?? name
}

/** The name of the history of an asset: it follows the asset when previous names are declared. */
export function getHistoryName({ histories }: Pick<Declarations, "histories">, id: string): string {
  return histories.get(id) ?? id
}

/** The name of a computation: for a single output the output's name. */
export function getComputationName(
  declared: Declarations,
  { id, outputs }: ComputationShape,
): string {
  return outputs.length === 1 ? getName(declared, outputs[0]!).name : id
}

/** The computations that were not removed, without reads of removed ones. */
export function listPresentComputations(
  shape: Shape,
  { removed }: Declarations,
): readonly ComputationShape[] {
  const removedOutputs = new Set(
    shape.computations.flatMap(({ id, outputs }) => (removed.has(id) ? outputs : [])),
  )
  return shape.computations
    .filter(({ id }) => !removed.has(id))
    .map((computation) => ({
      ...computation,
      reads: computation.reads.filter(({ upstream }) => !removedOutputs.has(upstream)),
    }))
}

/** The granularity of every asset of a graph. */
export function getGranularities({
  sources,
  computations,
}: Shape): ReadonlyMap<string, Granularity> {
  return new Map([
    ...sources.map(({ id, granularity }) => [id, granularity] as const),
    ...computations.flatMap(({ outputs, granularity }) =>
      outputs.map((output) => [output, granularity] as const),
    ),
  ])
}

/** One read of one partition: the keys that it read, with their rows. */
export type ReadContent = readonly (readonly [key: string, rows: string])[]

/** Computes the row of a partition in a random graph: a number from its code and inputs. */
export function computeRows(
  code: { readonly salt: number; readonly modulus: number },
  output: number,
  reads: readonly ReadContent[],
): string {
  let sum = code.salt + 31 * output
  for (const [place, content] of reads.entries())
    for (const [key, value] of content)
      sum = (sum + weighText(`${place} ${key}`) * (Number(value) + 1)) % 1_000_003
  return String(sum % code.modulus)
}

function weighText(text: string): number {
  let sum = 7
  for (let at = 0; at < text.length; at += 1) sum = (sum * 31 + text.charCodeAt(at)) % 10_007
  return sum
}

/** Tests whether a row passes a check that reads this content. */
export function passes(
  rule: Rule | undefined,
  value: string,
  reads: readonly ReadContent[],
): boolean {
  const sum = computeRows({ salt: Number(value), modulus: 3 }, 0, reads)
  return rule === undefined || Number(sum) !== rule.remainder
}
