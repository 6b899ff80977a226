import { identifier, itself, noRows, sql } from "@freshet/core"

import { isOutsidePartition } from "./event-time.ts"

/** Declares the check that the times of an asset are in its partition. */
export function timesInPartition(key: string, time: string) {
  return noRows("times_in_partition", {
    description: "every time is in the day of New York",
    query: sql`
      select ${identifier(key)}, ${identifier(time)} from ${itself}
      where ${isOutsidePartition(identifier(time))}`,
  })
}
