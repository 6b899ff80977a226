import { quoteTable, type TargetTable } from "./target-table.ts"
import { type Connect, withConnection } from "./with-connection.ts"

/**
 * Takes statistics of tables, without which the server plans queries of readers badly until it takes them itself. A
 * failure is ignored, because the rows are published without statistics too.
 */
export async function analyzeTables(
  connect: Connect,
  tables: readonly TargetTable[],
): Promise<void> {
  const names = tables.map(quoteTable).join(", ")
  await withConnection(connect, async (client) => {
    await client.query(`analyze (skip_locked) ${names}`)
  }).catch(() => undefined)
}
