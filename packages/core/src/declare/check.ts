import type { Asset } from "./asset.ts"
import { quoteName } from "./column.ts"
import { itself } from "./read.ts"
import { type Sql, sql } from "./sql.ts"

/** An `error` stops what comes after and keeps the rows from being published; a `warn` is recorded and shown. */
export type Severity = "error" | "warn"

/** An assertion about the rows of one partition: it holds when `query` returns no rows. `C` is the union of the columns it names. */
export interface Check<C extends string = string> {
  readonly kind: "check"
  readonly name: string
  readonly severity: Severity
  readonly description: string
  readonly rule: CheckRule
  /** Exists only for the compiler. */
  readonly names?: C
}

/** What is asserted. The engine answers all the plain rules of a partition in one scan. */
export type CheckRule =
  | { readonly kind: "unique"; readonly columns: readonly string[] }
  | { readonly kind: "not_null"; readonly columns: readonly string[] }
  | { readonly kind: "row_count"; readonly min: number; readonly max: number | undefined }
  | {
      readonly kind: "no_rows"
      readonly query: Sql
      /** A cheaper query of one boolean: where it says true, `query` finds nothing and need not run. */
      readonly proof?: Sql
    }

/** No two rows agree on all of these columns. */
export function unique<const C extends string>(...columns: readonly C[]): Check<C> {
  const description = `no two rows have the same ${columns.join(", ")}`
  return buildCheck(`unique(${columns.join(", ")})`, description, { kind: "unique", columns })
}

/** These columns are never null. Every column that is not declared `nullable` has this check already. */
export function notNull<const C extends string>(...columns: readonly C[]): Check<C> {
  const description = `${columns.join(", ")} never null`
  return buildCheck(`not_null(${columns.join(", ")})`, description, { kind: "not_null", columns })
}

/** The partition has between `min` and `max` rows. */
export function rowCount(bounds: { readonly min?: number; readonly max?: number }): Check<never> {
  const { min = 0, max } = bounds
  const description =
    max === undefined ? `at least ${min} ${min === 1 ? "row" : "rows"}` : `${min} to ${max} rows`
  return buildCheck("row_count", description, { kind: "row_count", min, max })
}

/** The query finds no offending row. It reads the checked partition as `${itself}`, and may read what lies upstream of it. */
export function noRows(
  name: string,
  options: {
    readonly description: string
    readonly query: Sql
    readonly proof?: Sql
    readonly severity?: Severity
  },
): Check<never> {
  const { query, proof } = options
  const rule = { kind: "no_rows", query, ...(proof === undefined ? {} : { proof }) } as const
  return {
    ...buildCheck<never>(name, options.description, rule),
    severity: options.severity ?? "error",
  }
}

/** The values of a column are all among these. */
export function oneOf<const C extends string>(
  column: C,
  values: readonly string[],
  options: { readonly severity?: Severity } = {},
): Check<C> {
  const name: Sql = { kind: "sql", parts: [{ kind: "text", text: quoteName(column) }] }
  const valueList = values.map((value) => `'${value.replaceAll("'", "''")}'`).join(", ")
  const query = sql`
    select ${name}, count(*) as rows from ${itself}
    where ${name} not in (${{ kind: "sql", parts: [{ kind: "text", text: valueList }] }})
    group by ${name}`
  const described = buildCheck<C>(`one_of(${column})`, `${column} is one of ${values.join(", ")}`, {
    kind: "no_rows",
    query,
  })
  return { ...described, severity: options.severity ?? "error" }
}

/** Every value of a column is one of `known`'s, in its column of the same name or in `key`; null refers to nothing. */
export function refersTo<const C extends string>(
  column: C,
  referenced: Asset,
  options: { readonly key?: string; readonly severity?: Severity } = {},
): Check<C> {
  const columnName = rawSql(quoteName(column))
  const key = rawSql(quoteName(options.key ?? column))
  const query = sql`
    select own.${columnName}, count(*) as rows
    from ${itself} as own
    where own.${columnName} is not null
      and not exists (select 1 from ${referenced} as known where known.${key} = own.${columnName})
    group by own.${columnName}`
  const described = buildCheck<C>(
    `refers_to(${column}, ${referenced.name})`,
    `every ${column} is one of ${referenced.name}`,
    { kind: "no_rows", query },
  )
  return { ...described, severity: options.severity ?? "error" }
}

const rawSql = (text: string): Sql => ({ kind: "sql", parts: [{ kind: "text", text }] })

function buildCheck<C extends string>(
  name: string,
  description: string,
  rule: CheckRule,
): Check<C> {
  return { kind: "check", name, severity: "error", description, rule }
}
