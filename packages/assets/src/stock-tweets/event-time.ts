import { partitionEnd, partitionStart, type Sql, sql } from "@freshet/core"

/** The format of times of Twitter, such as `Wed Oct 10 20:19:24 +0000 2018`. */
const twitterTime = "%a %b %d %H:%M:%S %z %Y"

/** Parses a time of Twitter; null if the text is not one. */
export function parseTwitterTime(column: Sql<never>): Sql<never> {
  return sql`try_strptime(${column}, ${twitterTime})`
}

/** Converts milliseconds since 1970 to an instant. */
export function toInstant(milliseconds: Sql<never>): Sql<never> {
  return sql`to_timestamp(0) + to_milliseconds(${milliseconds})`
}

/** Builds the condition that an instant is not in the partition. */
export function isOutsidePartition(instant: Sql<never>) {
  return sql`${instant} < ${partitionStart} or ${instant} >= ${partitionEnd}`
}
