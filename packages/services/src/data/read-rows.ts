import type { AnyAsset } from "@freshet/core"
import { formatPartitionKey, quoteName, type Relation } from "@freshet/core/engine"

import type { RowsDocument } from "../documents/rows.ts"
import { selectAsset } from "../plan/select-assets.ts"
import type { Project } from "../project.ts"
import type { Services } from "../services.ts"
import { findFailedRows } from "./failed-rows.ts"
import { openData } from "./open-data.ts"
import { readReport } from "./report-document.ts"
import { readFirstRows } from "./result-rows.ts"
import { readRelation, resolveStoredPartition } from "./stored-partition.ts"

/** An asset or a source, one of its partitions, and the number of rows to read. */
export interface RowsRequest {
  readonly asset: string
  /** The newest stored partition unless given. */
  readonly partition?: string | undefined
  /** Reads the rows that failed a check in place of the stored ones. */
  readonly failedRows: boolean
  readonly limit: number
}

/** Reads the first rows of a partition. */
export function readRows(services: Services, request: RowsRequest): Promise<RowsDocument> {
  return services.withProject({}, (project) => readProjectRows(project, request))
}

async function readProjectRows(
  project: Project,
  { asset: name, partition: key, failedRows, limit }: RowsRequest,
): Promise<RowsDocument> {
  const asset = selectAsset(project, name)
  const { partition, relation } = failedRows
    ? await findFailedRows(project, asset, key)
    : await findStoredRows(project, asset, key)
  const data = openData(project)
  const sql = `select * from ${quoteName(relation.name)} limit ${limit + 1}`
  const result = await data.query({ sql, relations: [relation] }, (rows) =>
    readFirstRows(rows, limit),
  )
  return {
    asset: asset.name,
    partition: formatPartitionKey(asset.partitions, partition),
    report: asset.kind === "asset" ? await readReport(data, asset, relation) : null,
    ...result,
  }
}

async function findStoredRows(
  project: Project,
  asset: AnyAsset,
  key: string | undefined,
): Promise<{ readonly partition: number; readonly relation: Relation }> {
  const partition = resolveStoredPartition(project, asset, key)
  return { partition, relation: await readRelation(project, asset, partition) }
}
