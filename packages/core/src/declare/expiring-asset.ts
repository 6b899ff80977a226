import { type AssetOptions, buildAsset, selectExecution } from "./asset.ts"
import { type Column, type Columns, quoteName, timestamp } from "./column.ts"
import type { Asset, Sql } from "./declaration.ts"
import type { Daily } from "./partition.ts"
import type { ColumnsFitTable, CompilerMessage, Publish, PublishedTable } from "./publish.ts"
import { previous, window } from "./read.ts"
import { identifier, joinSql, listReads, partitionStart, sql } from "./sql.ts"

/** The columns that an expiring asset has besides the declared ones. */
const dayColumns = {
  created_at: timestamp("Start of the day on which the row first appeared."),
  updated_at: timestamp("Start of the day on which the row last changed."),
}

type DayColumns = Readonly<Record<"created_at" | "updated_at", Column<Date>>>

/** Requires that the published table has the columns of days. */
type HasDayColumns<T extends PublishedTable> = keyof DayColumns extends keyof T["$inferInsert"]
  ? unknown
  : CompilerMessage<"the published table lacks created_at or updated_at">

/** Options of the rows that expire, besides those of every asset; the partitions are those of `rows`. */
export interface ExpiryOptions<C extends Columns, T extends PublishedTable> {
  /** The rows of each day, with at least `columns`. */
  readonly rows: Asset<string, Columns, Daily>
  /** The columns that identify a row. */
  readonly key: readonly (keyof C & string)[]
  /** The number of days for which a row stays that `rows` lacks. */
  readonly expireAfterDays: number
  /** A condition over `expiring`, a row that `rows` lacks: without it, the row is removed before it expires. Default: none. */
  readonly keepWhile?: Sql
  readonly columns: ColumnsFitTable<C, T, keyof DayColumns>
  readonly publish: Publish<T> & HasDayColumns<T>
}

/**
 * Declares the published rows of `rows`, an asset that computes each day by itself: with the day on which a row first
 * appeared and the day on which it last changed, in the columns `created_at` and `updated_at`, and with the rows that
 * have not expired yet. A row expires if `rows` lacked it on more than `expireAfterDays` days in succession; 0 removes
 * it at once. A row that returns before keeps its `created_at`.
 *
 * A partition is computed from the asset's own previous partition and from `rows` up to the day, and never from a
 * clock: the days do not depend on when something was computed or published. A backfill of a past day therefore makes
 * the later ones stale, and a project whose rows were wiped has the same days again when they are recomputed from the
 * same files. Throws a RangeError unless `expireAfterDays` is a whole number from 0.
 */
export function expiringAsset<
  const N extends string,
  C extends Columns,
  T extends PublishedTable = PublishedTable,
>(
  declared: Omit<AssetOptions<N, C, Daily>, "partitions"> & ExpiryOptions<C, T>,
): Asset<N, C & DayColumns, Daily> {
  const { rows, key, expireAfterDays, keepWhile, publish, ...described } = declared
  if (!Number.isInteger(expireAfterDays) || expireAfterDays < 0)
    throw new RangeError(`rows cannot expire after ${expireAfterDays} days`)
  const query = buildQuery(rows, Object.keys(declared.columns), {
    key,
    expireAfterDays,
    keepWhile: keepWhile ?? sql`true`,
  })
  const { partitions } = rows
  const columns: C & DayColumns = { ...declared.columns, ...dayColumns }
  const computation = {
    kind: "sql",
    name: declared.name,
    reads: listReads(query),
    shared: undefined,
    outputs: [{ asset: declared.name, query }],
    execution: selectExecution(declared),
  } as const
  return buildAsset({ ...described, partitions, columns }, computation, publish)
}

interface Expiry {
  readonly key: readonly string[]
  readonly expireAfterDays: number
  readonly keepWhile: Sql
}

function buildQuery(
  rows: Asset<string, Columns, Daily>,
  columns: readonly string[],
  { key, expireAfterDays, keepWhile }: Expiry,
): Sql {
  const values = columns.filter((column) => !key.includes(column))
  const isUnchanged = values.map((name) => {
    const value = identifier(name)
    return sql`earlier.${value} is not distinct from today.${value}`
  })
  const produced = sql`
    select ${listColumns("today", columns)},
      coalesce(earlier.created_at, ${partitionStart}) as created_at,
      case when ${joinSql([sql`earlier.created_at is not null`, ...isUnchanged], " and ")}
        then earlier.updated_at else ${partitionStart} end as updated_at
    from ${rows} as today
    left join ${previous()} as earlier on ${matchKeys("earlier", "today", key)}`
  if (expireAfterDays === 0) return produced
  return sql`${produced}
    union all
    select ${listColumns("expiring", [...columns, "created_at", "updated_at"])}
    from ${previous()} as expiring
    where not exists (
        select 1 from ${rows} as today where ${matchKeys("today", "expiring", key)}
      )
      and exists (
        select 1 from ${window(rows, -expireAfterDays, -1)} as recent
        where ${matchKeys("recent", "expiring", key)}
      )
      and (${keepWhile})`
}

function listColumns(relation: string, columns: readonly string[]): Sql<never> {
  const names = columns.map((column) => `${relation}.${quoteName(column)}`)
  return { kind: "sql", parts: [{ kind: "text", text: names.join(", ") }] }
}

function matchKeys(one: string, other: string, key: readonly string[]): Sql<never> {
  const equalities = key.map((name) => `${one}.${quoteName(name)} = ${other}.${quoteName(name)}`)
  return { kind: "sql", parts: [{ kind: "text", text: equalities.join(" and ") }] }
}
