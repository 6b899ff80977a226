import type { Columns, RowOf } from "./column.ts"

/** A table with the type of an inserted row, as a Drizzle table has. */
export interface PublishedTable {
  readonly $inferInsert: Record<string, unknown>
}

/**
 * The partitions that a published table contains: the newest one that passed its checks, all of them, or the last ones.
 * A table of several partitions has a column with the partition, and a publication replaces the rows of the partitions
 * that changed.
 */
export type Keep =
  | { readonly kind: "latest" }
  | { readonly kind: "partitions" }
  | { readonly kind: "last"; readonly count: number }

/** The publication of an asset: its table, the partitions in it, and the set of tables that change together in one transaction. `K` is the column with the partition. */
export interface Publish<T extends PublishedTable = PublishedTable, K extends string = string> {
  readonly kind: "publish"
  readonly table: T
  readonly set: string
  readonly keep: Keep
  /** The column of the table with the partition: its key as text, its first day as a date, or its start as a timestamp. */
  readonly partitionColumn: K | undefined
  /** The environment whose schemas have the table; the default one unless given. */
  readonly environment?: string | undefined
}

type PublishOptions<T extends PublishedTable, K extends string> =
  | { readonly set: string; readonly keep?: "latest" }
  | {
      readonly set: string
      readonly keep: "partitions" | { readonly last: number }
      readonly partitionColumn: K & keyof T["$inferInsert"]
    }

/**
 * Publishes to `table`, in one transaction with the other tables of `set`. `keep` says which partitions the table
 * contains: `"latest"` (default), `"partitions"` for all, or `{ last: 30 }`. Throws a RangeError if the number of
 * partitions is not a positive integer.
 */
export function publishTo<T extends PublishedTable, const K extends string = never>(
  table: T,
  options: PublishOptions<T, K>,
): Publish<T, K> {
  const { set, keep = "latest" } = options
  const partitionColumn = "partitionColumn" in options ? options.partitionColumn : undefined
  if (typeof keep === "string")
    return { kind: "publish", table, set, keep: { kind: keep }, partitionColumn }
  const { last: count } = keep
  if (!Number.isInteger(count) || count < 1)
    throw new RangeError(`a table cannot keep the last ${count} partitions`)
  return { kind: "publish", table, set, keep: { kind: "last", count }, partitionColumn }
}

/** A sentence that the compiler prints where a declaration breaks a rule. */
export interface CompilerMessage<Sentence extends string> {
  readonly "⛔": Sentence
}

/** Requires that the table has every column of the asset and accepts every row; `K` is a column that the publication fills. */
export type FitsTable<C extends Columns, T extends PublishedTable, K extends string = never> =
  Exclude<keyof C, keyof T["$inferInsert"]> extends infer Extra
    ? [Extra] extends [never]
      ? RowOf<C> extends Pick<T["$inferInsert"], keyof C & keyof T["$inferInsert"]>
        ? RequiredKeys<T["$inferInsert"]> extends keyof C | K
          ? unknown
          : CompilerMessage<"the asset lacks a column that the table requires">
        : CompilerMessage<"the asset's rows do not fit the table">
      : CompilerMessage<`the table has no column ${Extra & string}`>
    : never

type RequiredKeys<T> = { [K in keyof T]-?: object extends Pick<T, K> ? never : K }[keyof T]
