import { type Sql, sql } from "@freshet/core"
import type { Granularity } from "@freshet/core/engine"

/** Divides two whole numbers, both at least 0, and rounds halves away from zero. Exact, in 128 bits. */
export function roundHalfUp<G extends Granularity>(numerator: Sql<G>, denominator: Sql<G>): Sql<G> {
  return sql`((2 * (${numerator})::hugeint + (${denominator})) // (2 * (${denominator})::hugeint))`
}

/** Converts hundredths to a number with two decimals. */
export function fromHundredths<G extends Granularity>(whole: Sql<G>): Sql<G> {
  return sql`((${whole})::decimal(30,0) * 0.01)`
}

/** Converts ten-thousandths to a number with four decimals. */
export function fromTenThousandths<G extends Granularity>(whole: Sql<G>): Sql<G> {
  return sql`((${whole})::decimal(30,0) * 0.0001)`
}
