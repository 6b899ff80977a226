import { FreshetError, quoteName } from "@freshet/core/engine"
import type { Client } from "pg"

import { formatTableName, type TargetTable } from "./target-table.ts"

/** Builds the error of a staged table that could not be applied: a duplicate key, or a concurrent write by another program. */
export async function createDuplicateKeyError(
  client: Client,
  target: TargetTable,
  stage: string,
): Promise<FreshetError> {
  const names = target.key.map(quoteName).join(", ")
  const { rows } = await client.query<{ key: string }>(`
    select concat_ws(', ', ${names}) as key from ${stage}
    group by ${names} having count(*) > 1 order by ${names} limit 1`)
  const label = formatTableName(target)
  const columns = target.key.join(", ")
  if (rows[0] === undefined)
    return new FreshetError(
      "publish",
      `${label} was written by another program during the publish.`,
    )
  return new FreshetError(
    "publish",
    `${label} was not published: its key (${columns})=(${rows[0].key}) is in the data more than once.`,
  )
}
