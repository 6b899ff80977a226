import type { Columns, RowOf } from "./column.ts"

/** A table with the type of an inserted row, as a Drizzle table has. */
export interface PublishedTable {
  readonly $inferInsert: Record<string, unknown>
}

/** The publication of an asset: its table, and the set of tables that change together in one transaction. The table shows the newest partition that passed its checks. */
export interface Publish<T extends PublishedTable = PublishedTable> {
  readonly kind: "publish"
  readonly table: T
  readonly set: string
  readonly keep: "latest"
}

/** Publishes the newest partition to `table`, in one transaction with the other tables of `set`. */
export function publishTo<T extends PublishedTable>(
  table: T,
  options: { readonly set: string },
): Publish<T> {
  return { kind: "publish", table, set: options.set, keep: "latest" }
}

/** A sentence that the compiler prints where a declaration breaks a rule. */
export interface CompilerMessage<Sentence extends string> {
  readonly "⛔": Sentence
}

/** Requires that the table has every column of the asset and accepts every row. */
export type FitsTable<C extends Columns, T extends PublishedTable> =
  Exclude<keyof C, keyof T["$inferInsert"]> extends infer Extra
    ? [Extra] extends [never]
      ? RowOf<C> extends Pick<T["$inferInsert"], keyof C & keyof T["$inferInsert"]>
        ? RequiredKeys<T["$inferInsert"]> extends keyof C
          ? unknown
          : CompilerMessage<"the asset lacks a column that the table requires">
        : CompilerMessage<"the asset's rows do not fit the table">
      : CompilerMessage<`the table has no column ${Extra & string}`>
    : never

type RequiredKeys<T> = { [K in keyof T]-?: object extends Pick<T, K> ? never : K }[keyof T]
