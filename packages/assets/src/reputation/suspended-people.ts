import { identifier, int32, itself, joinSql, noRows, sql, sqlAsset, unique } from "@freshet/core"

import { dailyOptions } from "./asset-options.ts"
import { personSnapshots } from "./sources.ts"

/** People who are suspended on the day. */
export const suspendedPeople = sqlAsset({
  ...dailyOptions,
  name: "suspended_people",
  description:
    "People who are suspended on the day: they appear in no connection or recommendation.",
  columns: { user_id: int32("Suspended person.") },
  query: sql`select user_id from ${personSnapshots} where suspended = 1`,
  checks: [unique("user_id")],
})

/** Checks that no suspended person is in these columns. */
export function noSuspendedPeople(...columns: readonly string[]) {
  const people = columns.map(
    (column) => sql`select ${identifier(column)} as user_id from ${itself}`,
  )
  return noRows("no_suspended_people", {
    description: `the people in ${columns.join(", ")} are not suspended`,
    query: sql`
      select user_id, count(*) as rows from (${joinSql(people, " union all ")}) as people
      where user_id in (select user_id from ${suspendedPeople})
      group by user_id`,
  })
}
