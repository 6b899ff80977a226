import { type Sql, sql } from "@freshet/core"
import type { Granularity } from "@freshet/core/engine"

/** The quotient of two whole numbers as a whole number, halves away from zero; both at least 0. Exact, in 128 bits. */
export function roundHalfUp<G extends Granularity>(numerator: Sql<G>, denominator: Sql<G>): Sql<G> {
  return sql`((2 * (${numerator})::hugeint + (${denominator})) // (2 * (${denominator})::hugeint))`
}

/** Hundredths as a number with two decimals. */
export function fromHundredths<G extends Granularity>(whole: Sql<G>): Sql<G> {
  return sql`((${whole})::decimal(30,0) * 0.01)`
}

/** Ten-thousandths as a number with four decimals. */
export function fromTenThousandths<G extends Granularity>(whole: Sql<G>): Sql<G> {
  return sql`((${whole})::decimal(30,0) * 0.0001)`
}
