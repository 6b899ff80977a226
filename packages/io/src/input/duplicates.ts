import { quoteName, renderSql, type SourceAsset, type PartitionText } from "@freshet/core"

import { numberCell } from "../duckdb/cell.ts"
import type { Connection } from "../duckdb/session.ts"
import { dropRows, type Part } from "./part.ts"
import type { Quarantine } from "./quarantine.ts"

/** Sets lines aside that repeat an earlier one of the same partition; how many. */
export async function dropDuplicates(
  connection: Connection,
  source: SourceAsset,
  parts: readonly Part[],
  context: { readonly partition: PartitionText; readonly quarantine: Quarantine },
): Promise<number> {
  const rule = source.duplicate
  if (rule === undefined || parts.every((part) => part.tables.length === 0)) return 0
  const keys = rule.columns.map(quoteName).join(", ")
  const known = rule.columns.map((name) => `${quoteName(name)} IS NOT NULL`).join(" AND ")
  const when = renderSql(rule.when, context.partition)
  const lines = parts.flatMap((part, file) =>
    part.tables.map(
      ({ name, ordinal, where }, table) =>
        `SELECT ${file} AS " file", ${table} AS " table", ${ordinal} AS " at", ${keys} FROM ${name}
         WHERE (${when}) AND ${known}${where === undefined ? "" : ` AND ${where}`}`,
    ),
  )
  const compared = lines.join(" UNION ALL ")
  const repeated = await connection.rows(`
    SELECT " file"::INTEGER AS file, " table"::INTEGER AS part_table, " at"::DOUBLE AS ordinal
    FROM (${compared}) WHERE (${keys}) IN (
      SELECT (${keys}) FROM (${compared}) GROUP BY ${keys} HAVING count(*) > 1)
    QUALIFY row_number() OVER (PARTITION BY ${keys} ORDER BY " file", " at") > 1
    ORDER BY " file", " at"`)
  for (const [file, part] of parts.entries()) {
    const mine = repeated.filter((row) => row["file"] === file)
    if (mine.length === 0) continue
    await setAside(
      part,
      mine.map((row) => numberCell(row, "ordinal")),
      rule.reason,
      context.quarantine,
    )
    for (const [at, table] of part.tables.entries()) {
      const ordinals = mine
        .filter((row) => row["part_table"] === at)
        .map((row) => numberCell(row, "ordinal"))
      await dropRows(connection, table, ordinals)
    }
  }
  return repeated.length
}

async function setAside(
  part: Part,
  ordinals: readonly number[],
  reason: string,
  quarantine: Quarantine,
): Promise<void> {
  for await (const lines of part.pick(ordinals))
    for (const { line, bytes } of lines)
      await quarantine.add({ file: part.file, line }, reason, bytes)
}
