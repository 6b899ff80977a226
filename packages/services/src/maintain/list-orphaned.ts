import type { Orphans } from "@freshet/io"

import type { OrphanedDocument } from "../documents/orphaned.ts"
import type { Project } from "../project.ts"

/** Lists the assets that are no longer declared or published, with their table, files and bytes. */
export async function listOrphaned({ ledger }: Project): Promise<readonly OrphanedDocument[]> {
  return toOrphanedDocuments(await ledger.readOrphans())
}

/** Joins the tables and the files of each asset. */
function toOrphanedDocuments({ assets, tables }: Orphans): readonly OrphanedDocument[] {
  const names = [...new Set([...assets, ...tables].map(({ asset }) => asset))].toSorted()
  return names.flatMap((name): readonly OrphanedDocument[] => {
    const { asset, materializations, files, bytes } = assets.find(
      (candidate) => candidate.asset === name,
    ) ?? { asset: name, materializations: 0, files: 0, bytes: 0 }
    const amounts = { asset, materializations, files, bytes }
    const assetTables = tables.filter((table) => table.asset === name)
    if (assetTables.length === 0) return [{ ...amounts, table: null, rows: null }]
    return assetTables.map(({ table, rows }, at) => ({
      ...(at === 0 ? amounts : { asset, materializations: 0, files: 0, bytes: 0 }),
      table,
      rows,
    }))
  })
}
