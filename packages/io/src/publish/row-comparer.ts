import type { DuckDBDataChunk } from "@duckdb/node-api"
import { quoteName } from "@freshet/core/engine"

import type { Session } from "../duckdb/session.ts"
import { computeFileChecksum } from "../store/checksum.ts"
import type { Store } from "../store/store.ts"
import { type RowColumn, streamQuery } from "./row-reader.ts"

/** A stored file, and the columns of a published table over its rows. */
export interface FileRows {
  readonly file: string
  readonly columns: readonly RowColumn[]
}

/** The files with the rows of a published table, or of some of its partitions, before and after a publication. */
export interface FileChange {
  readonly oldFiles: readonly FileRows[]
  readonly newFiles: readonly FileRows[]
  readonly key: readonly string[]
}

/** Compares stored rows without the server. */
export interface RowComparer {
  readonly computeChecksum: (file: string) => Promise<string>
  readonly countRows: (file: string) => Promise<number>
  /**
   * Streams the rows that differ, in the order of the key: `freshet_kind`, which is "new", "changed" or "gone", and the
   * columns. Rows that are gone have values in the key alone.
   */
  readonly readDifference: (change: FileChange) => AsyncIterable<DuckDBDataChunk>
}

/** Creates a comparer that uses the session's engine. */
export function createRowComparer(session: Session, store: Pick<Store, "localPath">): RowComparer {
  return {
    computeChecksum: async (file) => computeFileChecksum(await store.localPath(file)),
    countRows: async (file) => {
      const path = await store.localPath(file)
      const rows = await session.withConnection((connection) =>
        connection.rows(`SELECT count(*)::DOUBLE AS rows FROM ${formatFile(path)}`),
      )
      return Number(rows[0]?.["rows"])
    },
    readDifference: async function* ({ oldFiles, newFiles, key }) {
      const [beforeRows, afterRows] = [
        await buildRows(store, oldFiles),
        await buildRows(store, newFiles),
      ]
      const names = newFiles[0]?.columns.map(({ name }) => name) ?? []
      yield* streamQuery(session, buildDifferenceQuery({ beforeRows, afterRows, names, key }))
    },
  }
}

async function buildRows(
  store: Pick<Store, "localPath">,
  files: readonly FileRows[],
): Promise<string> {
  const queries = files.map(async ({ file, columns }) => {
    const selections = columns.map(({ name, expression }) => `${expression} AS ${quoteName(name)}`)
    return `SELECT true AS freshet_row, ${selections.join(", ")} FROM ${formatFile(await store.localPath(file))}`
  })
  return (await Promise.all(queries)).join(" UNION ALL ")
}

function formatFile(path: string): string {
  return `read_parquet('${path.replaceAll("'", "''")}', hive_partitioning = false)`
}

interface DifferenceQuery {
  readonly beforeRows: string
  readonly afterRows: string
  readonly names: readonly string[]
  readonly key: readonly string[]
}

function buildDifferenceQuery({ beforeRows, afterRows, names, key }: DifferenceQuery): string {
  const quotedKey = key.map(quoteName)
  const values = names.filter((name) => !key.includes(name)).map(quoteName)
  const selections = names.map((name) => {
    const column = quoteName(name)
    return key.includes(name) ? `coalesce(a.${column}, b.${column}) AS ${column}` : `a.${column}`
  })
  const differences = [
    "a.freshet_row IS NULL",
    "b.freshet_row IS NULL",
    ...values.map((name) => `a.${name} IS DISTINCT FROM b.${name}`),
  ]
  return `
    SELECT
      CASE WHEN a.freshet_row IS NULL THEN 'gone' WHEN b.freshet_row IS NULL THEN 'new' ELSE 'changed' END
        AS freshet_kind,
      ${selections.join(", ")}
    FROM (${afterRows}) a
    FULL JOIN (${beforeRows}) b ON ${quotedKey.map((name) => `a.${name} = b.${name}`).join(" AND ")}
    WHERE ${differences.join(" OR ")}
    ORDER BY ${quotedKey.map((name) => `coalesce(a.${name}, b.${name})`).join(", ")}`
}
