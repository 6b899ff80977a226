import type { Columns } from "@freshet/core"

import type { ColumnDocument, ColumnsDocument } from "../documents/columns.ts"
import { selectAsset } from "../plan/select-assets.ts"
import type { Services } from "../services.ts"

/** Reads the data dictionary of one asset. */
export function readColumns(services: Services, name: string): Promise<ColumnsDocument> {
  return services.withProject({}, async (project) => {
    const asset = selectAsset(project, name)
    return { asset: asset.name, columns: toColumnDocuments(asset.columns) }
  })
}

/** Converts the columns of an asset. */
export function toColumnDocuments(columns: Columns): readonly ColumnDocument[] {
  return Object.entries(columns).map(([name, column]) => ({
    name,
    type: column.type,
    nullable: column.nullable,
    description: column.description ?? null,
    unit: column.unit ?? null,
  }))
}
