import { daily } from "@freshet/core"
import { formatPartitionKey } from "@freshet/core/engine"

const dailyPartitions = daily({ start: "2000-01-03" })

/** Formats a day, counted from 1970-01-01, as YYYY-MM-DD. */
export function toDayKey(day: number): string {
  return formatPartitionKey(dailyPartitions, day)
}
