import type { PublicationRequest, TablePreview } from "@freshet/core/engine"
import { quoteName } from "@freshet/core/engine"
import type { Client } from "pg"

import type { PublishSettings } from "./publish-set.ts"
import { stageTable } from "./stage-table.ts"
import { checkTargets } from "./target-check.ts"
import { formatTableName, quoteTable, type TargetTable, toTargetTable } from "./target-table.ts"
import { setTimeLimits } from "./time-limits.ts"
import { type Connect, withConnection } from "./with-connection.ts"
import { buildKeyComparison, type PreparedTable } from "./write-table.ts"

/** Compares the tables of a set with their new rows in temporary tables, and changes nothing. Publications do not wait for it. */
export async function previewSet(
  connect: Connect,
  settings: PublishSettings,
  { tables, sampleRows }: PublicationRequest & { readonly sampleRows: number },
): Promise<readonly TablePreview[]> {
  const targets = tables.map((table) => [table, toTargetTable(table)] as const)
  return withConnection(connect, async (client) => {
    await setTimeLimits(client, settings.limits)
    await client.query("begin")
    await checkTargets(
      client,
      targets.map(([, target]) => target),
    )
    const previews: TablePreview[] = []
    for (const [table, target] of targets) {
      const request = { table, target, suffix: `${previews.length}`, purpose: "preview" } as const
      const { prepared } = await stageTable(client, settings, request)
      previews.push(await readPreview(client, target, prepared, sampleRows))
    }
    await client.query("rollback")
    return previews
  })
}

async function readPreview(
  client: Client,
  target: TargetTable,
  prepared: PreparedTable,
  sampleRows: number,
): Promise<TablePreview> {
  const table = { asset: target.asset.name, table: formatTableName(target) }
  if (prepared.kind !== "difference")
    return { ...table, inserted: 0, updated: 0, deleted: 0, sample: [] }
  const { rows: counts } = await client.query<Omit<TablePreview, "asset" | "table" | "sample">>(
    `select
      count(*) filter (where freshet_kind = 'new')::int as inserted,
      count(*) filter (where freshet_kind = 'changed')::int as updated,
      count(*) filter (where freshet_kind = 'gone')::int as deleted
    from ${prepared.difference}`,
  )
  const valueNames = target.columns.flatMap(({ name }) => (target.key.includes(name) ? [] : [name]))
  const { rows: sample } = await client.query<TablePreview["sample"][number]>(
    buildSampleQuery(target, prepared, valueNames),
    [target.key, valueNames, sampleRows],
  )
  return { ...table, inserted: 0, updated: 0, deleted: 0, ...counts[0], sample }
}

/** Selects the first rows of each kind by key, with all values as text. */
function buildSampleQuery(
  target: TargetTable,
  { difference }: PreparedTable,
  valueNames: readonly string[],
): string {
  const formatTexts = (alias: string, names: readonly string[]) =>
    `array[${names.map((name) => `${alias}.${quoteName(name)}::text`).join(", ")}]::text[]`
  const key = target.key.map((name) => `d.${quoteName(name)}`).join(", ")
  return `
    select
      case d.freshet_kind when 'new' then 'inserted' when 'gone' then 'deleted' else 'updated' end as kind,
      json_object($1::text[], ${formatTexts("d", target.key)}) as key,
      case when d.freshet_kind <> 'new'
        then json_object($2::text[], ${formatTexts("t", valueNames)}) end as "from",
      case when d.freshet_kind <> 'gone'
        then json_object($2::text[], ${formatTexts("d", valueNames)}) end as "to"
    from (
      select *, row_number() over (partition by freshet_kind order by ${key}) as freshet_rank
      from ${difference} d
    ) d
    left join ${quoteTable(target)} t on ${buildKeyComparison(target, "d")}
    where d.freshet_rank <= $3
    order by kind, ${key}`
}
