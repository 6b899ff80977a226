import { quoteName } from "./column.ts"
import type { AnyAsset, PartitionFact, Read, Sql, SqlPart } from "./declaration.ts"
import type { Granularity, PartitionText } from "./partition.ts"
import { formatRelationName, toRead } from "./read.ts"

/** The key of the computed partition, as text: `2026-01-05T10`, or a static key. */
export const partitionKeyText: PartitionFact = { kind: "partition_key" }
/** The first day of the computed partition, as a DATE. */
export const partitionDay: PartitionFact = { kind: "partition_day" }
/** The instant at which the computed partition begins (inclusive), as a TIMESTAMP WITH TIME ZONE. */
export const partitionStart: PartitionFact = { kind: "partition_start" }
/** The instant at which the computed partition ends (exclusive), as a TIMESTAMP WITH TIME ZONE. */
export const partitionEnd: PartitionFact = { kind: "partition_end" }

/** A value that a query may interpolate: assets and reads become relations, fragments are spliced in, plain values become literals. */
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

/** The granularities of the assets that are interpolated without a window, directly or in a fragment. */
export type BareGranularity<V> = V extends { readonly kind: "read" }
  ? never
  : V extends { readonly partitions: { readonly kind: infer G extends Granularity } }
    ? G
    : V extends Sql<infer G>
      ? G
      : never

/** Builds a query from a template. Interpolated assets and reads are the query's reads; an asset alone is read at the same partition. */
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

/** Builds a fragment that is a quoted identifier. */
export function identifier(name: string): Sql<never> {
  return buildFragment(quoteName(name))
}

/** Joins fragments with `separator` between them. */
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
  return [{ kind: "read", read: toRead<AnyAsset>(value) }]
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

/** The reads of some queries, each relation once, in the order of first mention. */
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

/** Renders a query as SQL text: each read as the quoted name that `formatName` gives it, the values of the partition as literals. */
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
