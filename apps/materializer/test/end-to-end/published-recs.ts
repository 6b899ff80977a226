import { type DeclaredProject, withDeclaredProject } from "./declared-project.ts"
import { withLedgerClient } from "./ledger-contents.ts"

/** The imports of declarations with a daily source `raw`, and a table for its recommendations. */
export const recsPrelude = `
  import { daily, int64, publishTo, sourceAsset, sql, sqlAsset, text } from "@freshet/core"
  import { bigint, integer, pgTable, primaryKey, text as textColumn } from "drizzle-orm/pg-core"
  const partitions = daily({ start: "2026-01-01" })
  const common = { group: "recs", partitions }
  const columns = { u: int64("The user."), r: int64("The other user."), n: int64("Their events.") }
  const raw = sourceAsset({
    ...common,
    name: "raw",
    description: "Events of two users.",
    columns: { u: int64(), r: int64() },
    format: { kind: "json_lines" },
    path: "raw/{partition}.json",
  })
  const count = sql\`select u, r, count(*) as n from \${raw} group by u, r\`
  const whole = () => bigint({ mode: "bigint" }).notNull()
  const recsTable = pgTable("recs", { u: whole(), r: whole(), n: whole() },
    (table) => [primaryKey({ columns: [table.u, table.r] })])`

/** Declares `recs`: the events of a day by pair of users, published to a table by set `s`. */
export function declareRecs({ name = "recs", set = "s", value = "n" } = {}): string {
  return `${recsPrelude}
    const recs = sqlAsset({
      ...common, columns, name: "${name}", description: "Events by pair.", query: sql\`select u, r, ${value} as n from (\${count})\`,
      publish: publishTo(recsTable, { set: "${set}" }),
    })
    export const assets = [raw, recs]`
}

/** Creates the table of recommendations. */
export const createRecs =
  "create table recs (u bigint, r bigint, n bigint not null, primary key (u, r))"

/** Runs `work` with a project whose database has the published tables. */
export function withPublishedRecs(
  declarations: string,
  work: (project: DeclaredProject) => Promise<void>,
  createTables = createRecs,
): Promise<void> {
  return withDeclaredProject(declarations, async (project) => {
    await withLedgerClient(project, (client) => client.query(createTables))
    await work(project)
  })
}

/** Lands a file of `raw` in which one user has events with the user of this number. */
export function landRaw(project: Pick<DeclaredProject, "land">, day: string, r: number): void {
  project.land(`raw/${day}.json`, `{"u":1,"r":${r}}\n`)
}

/** Reads the rows of a query over published tables as lines: `1 28 1`. */
export function readPublishedRows(
  project: DeclaredProject,
  query = "select u, r, n from recs order by u, r",
): Promise<readonly string[]> {
  return withLedgerClient(project, async (client) => {
    const { rows } = await client.query<unknown[]>({ text: query, rowMode: "array" })
    return rows.map((row) => row.join(" "))
  })
}
