import { type LineCount, quoteName, type Relation } from "@freshet/core/engine"

import { type LandingContext, readLandedFiles } from "../input/read-landed-files.ts"
import type { Store } from "../store/store.ts"
import { formatColumnList, buildEmptyQuery, formatPathList } from "./sql-text.ts"

/** Makes everything that is read known to the connection by its relation name; accounts for the lines of sources. */
export async function createRelations(
  relations: readonly Relation[],
  store: Store,
  landing: LandingContext,
): Promise<readonly LineCount[]> {
  const views = relations.flatMap((relation) =>
    relation.kind === "stored" ? [buildStoredView(relation, store)] : [],
  )
  if (views.length > 0) await landing.connection.run(views.join("\n"))
  const lineCounts: LineCount[] = []
  for (const relation of relations)
    if (relation.kind === "landed") lineCounts.push(await readLandedFiles(relation, landing))
  return lineCounts
}

function buildStoredView(relation: Extract<Relation, { kind: "stored" }>, store: Store): string {
  const { name, columns, files } = relation
  const rows =
    files.length === 0
      ? buildEmptyQuery(columns)
      : `SELECT ${formatColumnList(columns)} FROM read_parquet(${formatPathList(files.map(store.path))})`
  return `CREATE OR REPLACE TEMP VIEW ${quoteName(name)} AS ${rows};`
}
