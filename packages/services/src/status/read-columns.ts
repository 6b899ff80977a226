import type { Columns } from "@freshet/core"

import type { ColumnDocument, ColumnsDocument } from "../documents/columns.ts"
import { selectAsset } from "../plan/select-assets.ts"
import type { Project } from "../project.ts"

/** Lists the columns of one asset. */
export function listColumns(project: Project, name: string): ColumnsDocument {
  const asset = selectAsset(project, name)
  return { asset: asset.name, columns: toColumnDocuments(asset.columns) }
}

/** Converts the data dictionary of an asset. */
export function toColumnDocuments(columns: Columns): readonly ColumnDocument[] {
  return Object.entries(columns).map(([name, column]) => ({
    name,
    type: column.type,
    nullable: column.nullable,
    description: column.description ?? null,
    unit: column.unit ?? null,
  }))
}
