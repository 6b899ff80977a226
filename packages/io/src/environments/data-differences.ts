import type { Client } from "pg"

import { findPartitionById, type LedgerNames } from "../ledger/ledger-names.ts"

/** A partition whose newest rows in an environment are other ones than in the default environment. */
export interface DataDifference {
  readonly asset: string
  readonly partition: number
  /** `added`: only the environment has rows. `removed`: only the default one has. */
  readonly kind: "added" | "removed" | "changed"
}

/** Finds the partitions of declared assets with other data versions than in the default environment, over a connection to the ledger of an environment. */
export async function findDataDifferences(
  client: Client,
  names: LedgerNames,
): Promise<readonly DataDifference[]> {
  const { rows } = await client.query<DataDifference>(differencesQuery, [
    [...names.currentNames.keys()],
    [...names.currentNames.values()],
  ])
  return rows.flatMap((row) => {
    if (!names.graph.assets.has(row.asset)) return []
    const partition = findPartitionById(names, row.asset, row.partition)
    return partition === undefined ? [] : [{ ...row, partition }]
  })
}

/** SQL: the newest data version of each partition of each asset under its current name. */
const buildNewestQuery = (schema: string) => `
  select distinct on (asset, partition) asset, partition, data_version
  from (
    select coalesce(current.asset, m.asset) as asset, partition, data_version, seq
    from ${schema}.materializations as m
    left join unnest($1::text[], $2::text[]) as current (name, asset) on current.name = m.asset
  ) as named
  order by asset, partition, seq desc`

const differencesQuery = `
  select asset, partition, case
      when base.data_version is null then 'added' when here.data_version is null then 'removed'
      else 'changed'
    end as kind
  from (${buildNewestQuery("freshet")}) as here
  full join (${buildNewestQuery('"freshet"')}) as base using (asset, partition)
  where here.data_version is distinct from base.data_version
  order by asset, partition`
