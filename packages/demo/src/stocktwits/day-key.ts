import { daily, formatPartitionKey } from "@freshet/core"

const dailyPartitions = daily({ start: "2000-01-03" })

/** A day, counted from 1970-01-01, as YYYY-MM-DD. */
export function toDayKey(day: number): string {
  return formatPartitionKey(dailyPartitions, day)
}
