import { quoteName } from "./column.ts"
import type { Asset, Check, CheckRule, Severity, Sql } from "./declaration.ts"
import { itself } from "./read.ts"
import { sql } from "./sql.ts"

/** Checks that no two rows have equal values in all of these columns. */
export function unique<const C extends string>(...columns: readonly C[]): Check<C> {
  const description = `no two rows have the same ${columns.join(", ")}`
  return buildCheck(`unique(${columns.join(", ")})`, description, { kind: "unique", columns })
}

/** Checks that these columns are never null. Every column that is not declared `nullable` has this check already. */
export function notNull<const C extends string>(...columns: readonly C[]): Check<C> {
  const description = `${columns.join(", ")} never null`
  return buildCheck(`not_null(${columns.join(", ")})`, description, { kind: "not_null", columns })
}

/** Checks that the partition has `min` to `max` rows. */
export function rowCount(bounds: { readonly min?: number; readonly max?: number }): Check<never> {
  const { min = 0, max } = bounds
  const description =
    max === undefined ? `at least ${min} ${min === 1 ? "row" : "rows"}` : `${min} to ${max} rows`
  return buildCheck("row_count", description, { kind: "row_count", min, max })
}

/** Checks that the query returns no rows. The query reads the checked partition as `${itself}` and may read the asset's upstream. */
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

/** Checks that every value of a column is one of these. */
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

/** Checks that every value of a column exists in `referenced`, in its column of the same name or in `key`; null passes. */
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
