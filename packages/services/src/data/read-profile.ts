import { formatPartitionKey, quoteName } from "@freshet/core/engine"

import type { ProfileDocument } from "../documents/profile.ts"
import type { RowDocument } from "../documents/rows.ts"
import { selectAsset } from "../plan/select-assets.ts"
import type { Project } from "../project.ts"
import type { Services } from "../services.ts"
import { openData } from "./open-data.ts"
import { readFirstRows } from "./result-rows.ts"
import { readRelation, resolveStoredPartition } from "./stored-partition.ts"

/** An asset or a source, and one of its partitions. */
export interface ProfileRequest {
  readonly asset: string
  /** The newest stored partition unless given. */
  readonly partition?: string | undefined
}

/** The distinct values of more rows are estimated. */
const maxCountedRows = 2_000_000

/** The longest text of a first or last value. */
const maxTextLength = 80

/** Counts nulls and distinct values of each column of a partition, and finds its first and last value. */
export function readProfile(services: Services, request: ProfileRequest): Promise<ProfileDocument> {
  return services.withProject({}, (project) => readProjectProfile(project, request))
}

async function readProjectProfile(
  project: Project,
  { asset: name, partition: key }: ProfileRequest,
): Promise<ProfileDocument> {
  const asset = selectAsset(project, name)
  const partition = resolveStoredPartition(project, asset, key)
  const relation = await readRelation(project, asset, partition)
  const table = quoteName(relation.name)
  const readOne = (sql: string) =>
    openData(project).query({ sql, relations: [relation] }, (rows) => readFirstRows(rows, 1))
  const { columns } = await readOne(`select * from ${table} limit 0`)
  const rowCount = Number(
    (await readOne(`select count(*) as rows from ${table}`)).rows[0]?.["rows"],
  )
  const isEstimated = rowCount > maxCountedRows
  const measures = columns.map(({ name }, at) => selectMeasures(name, at, isEstimated))
  const { rows } = await readOne(`select ${measures.join()} from ${table}`)
  const [values = {}] = rows
  return {
    asset: asset.name,
    partition: formatPartitionKey(asset.partitions, partition),
    rows: rowCount,
    is_estimated: isEstimated,
    columns: columns.map(({ name, type }, at) => ({
      name,
      type,
      ...toMeasures(values, { at, rowCount }),
    })),
  }
}

function selectMeasures(column: string, at: number, isEstimated: boolean): string {
  const quoted = quoteName(column)
  const distinct = isEstimated ? `approx_count_distinct(${quoted})` : `count(distinct ${quoted})`
  return `count(${quoted}) as count_${at}, ${distinct} as distinct_${at}
    , left(min(${quoted})::varchar, ${maxTextLength}) as minimum_${at}
    , left(max(${quoted})::varchar, ${maxTextLength}) as maximum_${at}`
}

function toMeasures(
  values: RowDocument,
  { at, rowCount }: { readonly at: number; readonly rowCount: number },
) {
  const toText = (value: unknown) => (typeof value === "string" ? value : null)
  const valueCount = Number(values[`count_${at}`])
  return {
    nulls: rowCount - valueCount,
    distinct: Math.min(valueCount, Number(values[`distinct_${at}`])),
    minimum: toText(values[`minimum_${at}`]),
    maximum: toText(values[`maximum_${at}`]),
  }
}
