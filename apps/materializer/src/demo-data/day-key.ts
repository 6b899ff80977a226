import { daily, partitionKey } from "@freshet/core"

const days = daily({ start: "2000-01-03" })

/** A day, counted from 1970-01-01, as YYYY-MM-DD. */
export function keyOfDay(day: number): string {
  return partitionKey(days, day)
}
