import { primaryKey, text } from "drizzle-orm/pg-core"

import { bigintColumn, freshetSchema } from "./freshet-schema.ts"

/** The hashes of landed files, so that unchanged files are not read again. A cache: it may be emptied at any time. */
export const sourceFiles = freshetSchema.table("source_files", {
  path: text().primaryKey(),
  bytes: bigintColumn().notNull(),
  /** Inode, modification and change time in nanoseconds: a change of the content changes one of them. */
  identity: text().notNull(),
  hash: text().notNull(),
  /** The first line of a CSV file. */
  header: text(),
})

/** The parsed queries: hash of a query's text → hash of its parse by an engine version. A cache: it may be emptied at any time. */
export const queryTexts = freshetSchema.table(
  "query_texts",
  {
    text_hash: text().notNull(),
    engine_version: text().notNull(),
    parsed_hash: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.text_hash, table.engine_version] })],
)
