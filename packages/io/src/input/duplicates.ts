import type { SourceAsset } from "@freshet/core"
import { type PartitionText, quoteName, renderSql } from "@freshet/core/engine"

import { getNumberCell } from "../duckdb/cell.ts"
import type { Connection } from "../duckdb/session.ts"
import { dropRows, type ParsedFile } from "./parsed-file.ts"
import type { Quarantine } from "./quarantine.ts"

/** Quarantines lines that repeat an earlier line of the partition; returns their number. */
export async function dropDuplicates(
  connection: Connection,
  source: SourceAsset,
  files: readonly ParsedFile[],
  context: { readonly partition: PartitionText; readonly quarantine: Quarantine },
): Promise<number> {
  const rule = source.duplicate
  if (rule === undefined || files.every((part) => part.tables.length === 0)) return 0
  const keys = rule.columns.map(quoteName).join(", ")
  const isKeyComplete = rule.columns.map((name) => `${quoteName(name)} IS NOT NULL`).join(" AND ")
  const when = renderSql(rule.when, context.partition)
  const keyQueries = files.flatMap((part, file) =>
    part.tables.map(
      ({ name, ordinal, condition }, table) =>
        `SELECT ${file} AS " file", ${table} AS " table", ${ordinal} AS " at", ${keys} FROM ${name}
         WHERE (${when}) AND ${isKeyComplete}${condition === undefined ? "" : ` AND ${condition}`}`,
    ),
  )
  const allKeys = keyQueries.join(" UNION ALL ")
  const duplicateRows = await connection.rows(`
    SELECT " file"::INTEGER AS file, " table"::INTEGER AS part_table, " at"::DOUBLE AS ordinal
    FROM (${allKeys}) WHERE (${keys}) IN (
      SELECT (${keys}) FROM (${allKeys}) GROUP BY ${keys} HAVING count(*) > 1)
    QUALIFY row_number() OVER (PARTITION BY ${keys} ORDER BY " file", " at") > 1
    ORDER BY " file", " at"`)
  for (const [file, part] of files.entries()) {
    const fileRows = duplicateRows.filter((row) => row["file"] === file)
    if (fileRows.length === 0) continue
    await quarantineLines(
      part,
      fileRows.map((row) => getNumberCell(row, "ordinal")),
      rule.reason,
      context.quarantine,
    )
    for (const [at, table] of part.tables.entries()) {
      const ordinals = fileRows
        .filter((row) => row["part_table"] === at)
        .map((row) => getNumberCell(row, "ordinal"))
      await dropRows(connection, table, ordinals)
    }
  }
  return duplicateRows.length
}

async function quarantineLines(
  file: ParsedFile,
  ordinals: readonly number[],
  reason: string,
  quarantine: Quarantine,
): Promise<void> {
  for await (const lines of file.pickLines(ordinals))
    for (const { line, bytes } of lines)
      await quarantine.add({ file: file.file, line }, reason, bytes)
}
