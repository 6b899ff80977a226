import type { AnyAsset } from "./asset.ts"
import { quoteName } from "./column.ts"
import type { Grain } from "./partition.ts"
import { type Read, relationName } from "./read.ts"

/** A piece of a query: text, something read, the day of the partition, or the computation's shared rows. */
export type SqlPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "read"; readonly read: Read }
  | { readonly kind: "partition_day" }
  | { readonly kind: "shared" }

/** A query or a fragment of one, as data. `G` is the union of the grains that it reads bare. */
export interface Sql<G extends Grain = Grain> {
  readonly kind: "sql"
  readonly parts: readonly SqlPart[]
  /** Exists only for the compiler. */
  readonly bare?: G
}

/** The first day of the partition being computed, as a DATE. */
export const partitionDay: { readonly kind: "partition_day" } = { kind: "partition_day" }

/** What a query may interpolate: assets and reads become relations, fragments are spliced in, plain values become literals. */
export type SqlValue =
  | AnyAsset
  | Read
  | Sql
  | typeof partitionDay
  | string
  | number
  | bigint
  | boolean
  | null

/** The grains of what is interpolated bare, in fragments too. */
export type BareGrain<V> = V extends { readonly kind: "read" }
  ? never
  : V extends { readonly partitions: { readonly kind: infer G extends Grain } }
    ? G
    : V extends Sql<infer G>
      ? G
      : never

/** A query as a value: what it reads is what it interpolates, and the window sits on the read. */
export function sql<const V extends readonly SqlValue[]>(
  strings: TemplateStringsArray,
  ...values: V
): Sql<BareGrain<V[number]>> {
  const parts: SqlPart[] = []
  strings.forEach((text, index) => {
    parts.push({ kind: "text", text })
    const value = values[index]
    if (index < values.length && value !== undefined) parts.push(...partsOf(value))
  })
  return { kind: "sql", parts: joined(parts) }
}

/** A name that the query uses as an identifier. */
export function identifier(name: string): Sql<never> {
  return fragment(quoteName(name))
}

/** Fragments one after the other with `separator` between them. */
export function joinSql<G extends Grain>(fragments: readonly Sql<G>[], separator: string): Sql<G> {
  const parts = fragments.flatMap((each, index) =>
    index === 0 ? each.parts : [{ kind: "text" as const, text: separator }, ...each.parts],
  )
  return { kind: "sql", parts: joined(parts) }
}

function fragment(text: string): Sql<never> {
  return { kind: "sql", parts: [{ kind: "text", text }] }
}

function partsOf(value: SqlValue): readonly SqlPart[] {
  if (value === null || typeof value !== "object") return [{ kind: "text", text: literal(value) }]
  if (value.kind === "sql") return value.parts
  if (value.kind === "partition_day") return [value]
  if (value.kind === "read") return [{ kind: "read", read: value }]
  return [{ kind: "read", read: { kind: "read", asset: value, window: { kind: "same" } } }]
}

function literal(value: string | number | bigint | boolean | null): string {
  if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`
  if (typeof value === "number" && !Number.isFinite(value))
    throw new RangeError(`${value} has no SQL literal`)
  if (value === null) return "NULL"
  const text = String(value)
  return text.startsWith("-") ? `(${text})` : text // "a -${-1}" must not become a comment
}

function joined(parts: readonly SqlPart[]): SqlPart[] {
  const result: SqlPart[] = []
  for (const part of parts) {
    const before = result.at(-1)
    if (part.kind === "text" && before?.kind === "text")
      result[result.length - 1] = { kind: "text", text: before.text + part.text }
    else result.push(part)
  }
  return result
}

/** What a query reads, each relation once, in the order of first mention. */
export function readsOf(...queries: readonly (Sql | undefined)[]): Read[] {
  const reads = new Map<string, Read>()
  for (const query of queries)
    for (const part of query?.parts ?? [])
      if (part.kind === "read" && !reads.has(relationName(part.read)))
        reads.set(relationName(part.read), part.read)
  return [...reads.values()]
}

/** The name of the relation that holds a computation's shared rows. */
export const sharedRelation = "shared rows"

/** A query as SQL text: each read by its relation name or another one, the partition's day as a literal (`day` is YYYY-MM-DD). */
export function renderSql(
  query: Sql,
  day: string,
  nameOf: (read: Read) => string = relationName,
): string {
  const text = query.parts.map((part) => renderPart(part, day, nameOf)).join("")
  return text.trim()
}

function renderPart(part: SqlPart, day: string, nameOf: (read: Read) => string): string {
  switch (part.kind) {
    case "text":
      return part.text
    case "read":
      return quoteName(nameOf(part.read))
    case "partition_day":
      return `DATE '${day}'`
    case "shared":
      return quoteName(sharedRelation)
  }
}
