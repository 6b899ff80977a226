import { type LineCount, quoteName, type Relation } from "@freshet/core/engine"

import { type LandingContext, readLandedFiles } from "../input/read-landed-files.ts"
import type { Store } from "../store/store.ts"
import type { EngineContext } from "./engine-context.ts"
import { formatColumnList, buildEmptyQuery, formatPathList } from "./sql-text.ts"

/** Creates a relation for each read on the connection, and counts the lines of sources. */
export async function createRelations(
  relations: readonly Relation[],
  store: Store,
  landing: LandingContext,
): Promise<readonly LineCount[]> {
  const stored = relations.filter((relation) => relation.kind === "stored")
  const views = await Promise.all(stored.map((relation) => buildStoredView(relation, store)))
  if (views.length > 0) await landing.connection.run(views.join("\n"))
  const lineCounts: LineCount[] = []
  for (const relation of relations)
    if (relation.kind === "landed") lineCounts.push(await readLandedFiles(relation, landing))
  return lineCounts
}

/** Creates the provider of local paths of landed files and of their copies in the store. */
export function createLandedPaths({
  store,
  landingZone,
}: Pick<EngineContext, "store" | "landingZone">): LandingContext["localPath"] {
  return (file) =>
    file.copy === undefined ? landingZone.localPath(file) : store.localPath(file.copy)
}

async function buildStoredView(
  { name, columns, files }: Extract<Relation, { kind: "stored" }>,
  store: Store,
): Promise<string> {
  const paths = await Promise.all(files.map(store.localPath))
  const rows =
    files.length === 0
      ? buildEmptyQuery(columns)
      : `SELECT ${formatColumnList(columns)} FROM read_parquet(${formatPathList(paths)})`
  return `CREATE OR REPLACE TEMP VIEW ${quoteName(name)} AS ${rows};`
}
