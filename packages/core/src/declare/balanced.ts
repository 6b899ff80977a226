import { type Check, noRows } from "./check.ts"
import { quoteName } from "./column.ts"
import { joinSql, type Sql, sql } from "./sql.ts"

const rawSql = (text: string): Sql<never> => ({ kind: "sql", parts: [{ kind: "text", text }] })

/**
 * The amounts of all `rows` with the same `by` cancel out, and none is null. `amount` is an integer column of `rows`.
 *
 * DuckDB's form first weighs each amount by 48 bits of a hash of its group and adds everything up: the sum is zero
 * when every group's is, and hardly ever otherwise (Freivalds, Probabilistic machines can use less running time,
 * 1977), which takes less than half of the time of grouping. Only where it is not zero are the groups looked at.
 */
export function balanced(
  name: string,
  options: {
    readonly description: string
    readonly rows: Sql
    readonly by: readonly [string, ...string[]]
    readonly amount: string
  },
): Check<never> {
  const amount = rawSql(quoteName(options.amount))
  const by = joinSql(
    options.by.map((column) => rawSql(quoteName(column))),
    ", ",
  )
  return noRows(name, {
    description: options.description,
    query: sql`
      select ${by}, sum(${amount}) as difference
      from (${options.rows}) as amounts
      group by ${by}
      having sum(${amount}) <> 0 or count(*) > count(${amount})`,
    proof: sql`
      select count(*) = count(${amount})
        and coalesce(sum(${amount}::hugeint * (hash(${by}) >> 16)::hugeint), 0) = 0
      from (${options.rows}) as amounts`,
  })
}
