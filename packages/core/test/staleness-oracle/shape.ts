import type { Granularity } from "./calendar.ts"

/** The windows that random graphs read through. Of each there is one relation name, whatever the upstream. */
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

/** A graph as the oracle and the builder of declarations understand it: sources first, then what is computed. */
export interface Shape {
  readonly sources: readonly SourceShape[]
  readonly computations: readonly ComputationShape[]
}

export interface SourceShape {
  readonly id: string
  readonly granularity: Granularity
  readonly whenMissing: "empty" | "wait"
}

export interface ComputationShape {
  readonly id: string
  readonly granularity: Granularity
  readonly accumulates: boolean
  /** Two of them share a computation. */
  readonly outputs: readonly string[]
  /** Rows are numbers below this one: a small one makes new rows often the same as the old. */
  readonly modulus: number
  readonly reads: readonly ReadShape[]
  readonly isPublished: boolean
}

export interface ReadShape {
  readonly upstream: string
  readonly window: WindowName
}

/** What an edit of the declarations may change. Assets are known by the names that they had at first. */
export interface Declarations {
  /** What each computation's code says. */
  readonly salts: ReadonlyMap<string, number>
  /** What assets are called now, where that is not their first name, and what they say they were called. */
  readonly names: ReadonlyMap<string, NamedAsset>
  readonly removed: ReadonlySet<string>
  readonly checks: ReadonlyMap<string, Rule>
  /** The keys of everything that is cut by keys. */
  readonly keys: readonly string[]
}

export interface NamedAsset {
  readonly name: string
  readonly previousNames: readonly string[]
}

/** A check of a random graph: refuses rows that leave this remainder when divided by three. */
export interface Rule {
  readonly remainder: number
  readonly severity: "error" | "warn"
}

/** What an asset is called now. */
export function getName({ names }: Declarations, id: string): NamedAsset {
  return names.get(id) ?? { name: id, previousNames: [] }
}

/** The name that an asset's past goes by: the first that it says it had. */
export function getOriginalName(declared: Declarations, id: string): string {
  const { name, previousNames } = getName(declared, id)
  return previousNames[0] ?? name
}

/** What a computation is called: an output that is made alone names it. */
export function getComputationName(
  declared: Declarations,
  { id, outputs }: ComputationShape,
): string {
  return outputs.length === 1 ? getName(declared, outputs[0]!).name : id
}

/** The computations that were not removed; nobody reads any more what was. */
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

/** How every asset of a graph is cut. */
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

/** One read of one partition: the keys of what it found, with their rows. */
export type ReadContent = readonly (readonly [key: string, rows: string])[]

/** What every computation of a random graph does: a number from its code and from all that it reads. */
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

/** Whether a check lets rows pass. */
export function passes(rule: Rule | undefined, value: string): boolean {
  return rule === undefined || Number(value) % 3 !== rule.remainder
}
