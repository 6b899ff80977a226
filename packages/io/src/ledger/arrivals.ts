import type { Arrival } from "@freshet/core/engine"
import type { Client } from "pg"

import { withTransaction } from "./transaction.ts"

/** One partition of a source with the version of its settled files. */
export interface SettledPartition {
  readonly source: string
  /** Key of the partition. */
  readonly partition: string
  readonly version: string
}

/** Records the partitions whose version is not that of their newest arrival; of concurrent calls, one records it. Returns the number of arrivals. */
export function recordArrivals(
  client: Client,
  partitions: readonly SettledPartition[],
): Promise<number> {
  return withTransaction(client, async () => {
    await client.query("lock table freshet.arrivals in share row exclusive mode")
    const { rowCount } = await client.query(
      `insert into freshet.arrivals (source, partition, version)
       select source, partition, version
       from unnest($1::text[], $2::text[], $3::text[]) as settled (source, partition, version)
       where version is distinct from (
         select newest.version from freshet.arrivals newest
         where newest.source = settled.source and newest.partition = settled.partition
         order by newest.id desc limit 1
       )
       order by source, partition`,
      [
        partitions.map(({ source }) => source),
        partitions.map(({ partition }) => partition),
        partitions.map(({ version }) => version),
      ],
    )
    return rowCount ?? 0
  })
}

/** Reads the arrivals with ids above `id`, ascending. */
export async function readArrivals(client: Client, id: number): Promise<readonly Arrival[]> {
  const { rows } = await client.query<{ id: string; source: string; partition: string }>(
    "select id, source, partition from freshet.arrivals where id > $1 order by id",
    [id],
  )
  return rows.map((row) => ({ ...row, id: Number(row.id) }))
}

/** Reads the newest arrival of each partition. */
export async function readNewestArrivals(client: Client): Promise<readonly SettledPartition[]> {
  const { rows } = await client.query<SettledPartition>(
    `select distinct on (source, partition) source, partition, version
     from freshet.arrivals order by source, partition, id desc`,
  )
  return rows
}
