import type { AnyAsset } from "./asset.ts"
import { quoteName } from "./column.ts"
import type { Granularity, PartitionText } from "./partition.ts"
import { type Read, formatRelationName } from "./read.ts"

/** A piece of a query: text, something read, a fact of the partition, or the computation's shared rows. */
export type SqlPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "read"; readonly read: Read }
  | PartitionFact
  | { readonly kind: "shared" }

/** Something that a query may say of the partition it is made for. */
export type PartitionFact =
  | { readonly kind: "partition_key" }
  | { readonly kind: "partition_day" }
  | { readonly kind: "partition_start" }
  | { readonly kind: "partition_end" }

/** A query or a fragment of one, as data. `G` is the union of the grains that it reads bare. */
export interface Sql<G extends Granularity = Granularity> {
  readonly kind: "sql"
  readonly parts: readonly SqlPart[]
  /** Exists only for the compiler. */
  readonly bare?: G
}

/** The key of the partition being computed, as text: `2026-01-05T10`, or one of a set of keys. */
export const partitionKeyText: PartitionFact = { kind: "partition_key" }
/** The first day of the partition being computed, as a DATE. */
export const partitionDay: PartitionFact = { kind: "partition_day" }
/** The instant at which the partition being computed begins, as a TIMESTAMP WITH TIME ZONE. */
export const partitionStart: PartitionFact = { kind: "partition_start" }
/** The instant at which the partition being computed has ended, as a TIMESTAMP WITH TIME ZONE. */
export const partitionEnd: PartitionFact = { kind: "partition_end" }

/** What a query may interpolate: assets and reads become relations, fragments are spliced in, plain values become literals. */
export type SqlValue =
  | AnyAsset
  | Read
  | Sql
  | PartitionFact
  | string
  | number
  | bigint
  | boolean
  | null

/** The grains of what is interpolated bare, in fragments too. */
export type BareGranularity<V> = V extends { readonly kind: "read" }
  ? never
  : V extends { readonly partitions: { readonly kind: infer G extends Granularity } }
    ? G
    : V extends Sql<infer G>
      ? G
      : never

/** A query as a value: what it reads is what it interpolates, and the window sits on the read. */
export function sql<const V extends readonly SqlValue[]>(
  strings: TemplateStringsArray,
  ...values: V
): Sql<BareGranularity<V[number]>> {
  const parts: SqlPart[] = []
  strings.forEach((text, index) => {
    parts.push({ kind: "text", text })
    const value = values[index]
    if (index < values.length && value !== undefined) parts.push(...toParts(value))
  })
  return { kind: "sql", parts: mergeTexts(parts) }
}

/** A name that the query uses as an identifier. */
export function identifier(name: string): Sql<never> {
  return buildFragment(quoteName(name))
}

/** Fragments one after the other with `separator` between them. */
export function joinSql<G extends Granularity>(
  fragments: readonly Sql<G>[],
  separator: string,
): Sql<G> {
  const parts = fragments.flatMap((part, index) =>
    index === 0 ? part.parts : [{ kind: "text" as const, text: separator }, ...part.parts],
  )
  return { kind: "sql", parts: mergeTexts(parts) }
}

function buildFragment(text: string): Sql<never> {
  return { kind: "sql", parts: [{ kind: "text", text }] }
}

function toParts(value: SqlValue): readonly SqlPart[] {
  if (value === null || typeof value !== "object")
    return [{ kind: "text", text: formatLiteral(value) }]
  if (value.kind === "sql") return value.parts
  if (value.kind === "read") return [{ kind: "read", read: value }]
  if (isPartitionFact(value)) return [value]
  return [{ kind: "read", read: { kind: "read", asset: value, window: { kind: "same" } } }]
}

function isPartitionFact(value: AnyAsset | PartitionFact): value is PartitionFact {
  return value.kind !== "asset" && value.kind !== "source"
}

function formatLiteral(value: string | number | bigint | boolean | null): string {
  if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`
  if (typeof value === "number" && !Number.isFinite(value))
    throw new RangeError(`${value} has no SQL literal`)
  if (value === null) return "NULL"
  const text = String(value)
  return text.startsWith("-") ? `(${text})` : text // "a -${-1}" must not become a comment
}

function mergeTexts(parts: readonly SqlPart[]): SqlPart[] {
  const result: SqlPart[] = []
  for (const part of parts) {
    const lastPart = result.at(-1)
    if (part.kind === "text" && lastPart?.kind === "text")
      result[result.length - 1] = { kind: "text", text: lastPart.text + part.text }
    else result.push(part)
  }
  return result
}

/** What a query reads, each relation once, in the order of first mention. */
export function listReads(...queries: readonly (Sql | undefined)[]): Read[] {
  const reads = new Map<string, Read>()
  for (const query of queries)
    for (const part of query?.parts ?? []) {
      if (part.kind !== "read") continue
      const name = formatRelationName(part.read)
      if (!reads.has(name)) reads.set(name, part.read)
    }
  return [...reads.values()]
}

/** The name of the relation that holds a computation's shared rows. */
export const sharedRelation = "shared rows"

/** A query as SQL text: each read by its relation name or another one, the facts of the partition as literals. */
export function renderSql(
  query: Sql,
  partition: PartitionText,
  formatName: (read: Read) => string = formatRelationName,
): string {
  let text = ""
  for (const part of query.parts) text += renderPart(part, partition, formatName)
  return text.trim()
}

function renderPart(
  part: SqlPart,
  partition: PartitionText,
  formatName: (read: Read) => string,
): string {
  switch (part.kind) {
    case "text":
      return part.text
    case "read":
      return quoteName(formatName(part.read))
    case "partition_key":
      return formatLiteral(partition.key)
    case "partition_day":
      return `DATE '${partition.day}'`
    case "partition_start":
      return `TIMESTAMPTZ '${partition.start}'`
    case "partition_end":
      return `TIMESTAMPTZ '${partition.end}'`
    case "shared":
      return quoteName(sharedRelation)
  }
}
