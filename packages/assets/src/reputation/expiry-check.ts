import { identifier, itself, joinSql, last, noRows, sql } from "@freshet/core"

import type { DailyAsset } from "./asset-options.ts"

/** Checks that each published row was produced in the days before it expires, the day itself included. */
export function nothingExpired(rows: DailyAsset, key: readonly string[], expireAfterDays: number) {
  const columns = joinSql(key.map(identifier), ", ")
  return noRows("nothing_expired", {
    description: `every row was produced on the day or at most ${expireAfterDays} days before`,
    query: sql`
      select ${columns} from ${itself}
      except select ${columns} from ${last(expireAfterDays + 1, rows)}`,
  })
}
