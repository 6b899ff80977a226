import { identifier, type Sql, sql } from "@freshet/core"

const secondsPerDay = 86_400

/** Computes the seconds of a weight of 1: an engagement loses one of them each second. */
export function toSeconds(decayDays: number): number {
  return decayDays * secondsPerDay
}

/** Converts a column of whole seconds to a weight with 8 decimal places, rounded half up from the exact quotient. */
export function toWeight(column: string, decayDays: number): Sql<never> {
  const units = sql`(${identifier(column)}::hugeint * 200000000 + ${toSeconds(decayDays)}) // ${2 * toSeconds(decayDays)}`
  return sql`(((${units})::decimal(20, 0) * 0.00000001::decimal(8, 8))::decimal(18, 8))`
}
