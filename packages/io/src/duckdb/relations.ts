import { type LineCount, quoteName, type Relation } from "@freshet/core"

import { type LandingContext, readLanded } from "../input/read-landed.ts"
import type { Store } from "../store/store.ts"
import { columnList, noRowsOf, pathList } from "./literal.ts"

/** Makes everything that is read known to the connection by its relation name; accounts for the lines of sources. */
export async function createRelations(
  relations: readonly Relation[],
  store: Store,
  landing: LandingContext,
): Promise<readonly LineCount[]> {
  const views = relations.flatMap((each) =>
    each.kind === "stored" ? [storedView(each, store)] : [],
  )
  if (views.length > 0) await landing.connection.run(views.join("\n"))
  const lineCounts: LineCount[] = []
  for (const each of relations)
    if (each.kind === "landed") lineCounts.push(await readLanded(each, landing))
  return lineCounts
}

function storedView(relation: Extract<Relation, { kind: "stored" }>, store: Store): string {
  const { name, columns, files } = relation
  const rows =
    files.length === 0
      ? noRowsOf(columns)
      : `SELECT ${columnList(columns)} FROM read_parquet(${pathList(files.map(store.path))})`
  return `CREATE OR REPLACE TEMP VIEW ${quoteName(name)} AS ${rows};`
}
