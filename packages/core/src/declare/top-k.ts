import { quoteName } from "./column.ts"
import type { Sql } from "./declaration.ts"
import type { Granularity } from "./partition.ts"
import { sql } from "./sql.ts"

const rawSql = (text: string): Sql<never> => ({ kind: "sql", parts: [{ kind: "text", text }] })

/**
 * Selects for each `by` the `count` rows of `from` with the greatest `weight`, the smaller `id` first among equals.
 * All three are int32 columns of `from`, `weight` ≥ 0 and `id` ≥ 0; the result has only these columns.
 *
 * The query packs weight and id into one integer, so that DuckDB's `max(…, n)` holds only n of them per group and
 * sorts nothing; it takes about 0.7 of the time of `row_number`.
 */
export function topK<G extends Granularity>(options: {
  readonly from: Sql<G>
  readonly by: string
  readonly id: string
  readonly weight: string
  readonly count: number
}): Sql<G> {
  const [by, id, weight] = [options.by, options.id, options.weight].map((name) =>
    rawSql(quoteName(name)),
  ) as [Sql<never>, Sql<never>, Sql<never>] // three names in, three fragments out
  return sql`
    select ${by},
      (4294967295 - (packed & 4294967295))::integer as ${id},
      (packed >> 32)::integer as ${weight}
    from (
      select ${by}, unnest(max((${weight}::bigint << 32) | (4294967295 - ${id}::bigint), ${options.count})) as packed
      from (${options.from}) as ranked
      group by ${by}
    ) as kept`
}
