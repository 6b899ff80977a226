import * as z from "zod/mini"

import { listSchema } from "./list-schema.ts"
import { rowSchema } from "./rows.ts"

const stepSchema = z.strictObject({
  asset: z.string(),
  partition: z.string(),
  /** The number of rows of the partition that made the row. */
  count: z.int(),
  /** The first of them. */
  rows: listSchema(rowSchema),
})

const lineSchema = z.strictObject({
  source: z.string(),
  partition: z.string(),
  /** Path in the landing zone. */
  file: z.string(),
  /** From 1, blank lines included. */
  line: z.int(),
  /** The line as it landed; invalid bytes as \xNN, truncated after 4 KB. */
  text: z.string(),
  /** True if the row changes when this line alone is left out; other lines change it together. */
  decisive: z.boolean(),
})

export type ProvenanceLineDocument = z.infer<typeof lineSchema>

const stopSchema = z.strictObject({
  asset: z.string(),
  partition: z.string(),
  /**
   * `code`: its rows are computed by TypeScript. `too_many_rows`: its query needs more rows than are computed again.
   * `too_many_lines`: more lines can matter than are left out one by one. `too_many_partitions`: more partitions are
   * upstream than are read. `not_reproduced`: its query gives other rows than the recorded ones.
   */
  reason: z.enum([
    "code",
    "too_many_rows",
    "too_many_lines",
    "too_many_partitions",
    "not_reproduced",
  ]),
})

/** The landed lines that made a row: the document of `freshet provenance`. */
export const provenanceSchema = z.strictObject({
  asset: z.string(),
  partition: z.string(),
  key: rowSchema,
  row: rowSchema,
  /** The partitions upstream with the rows that made the row, the nearest first. */
  steps: listSchema(stepSchema),
  /** The first lines by file and number. */
  lines: listSchema(lineSchema),
  line_count: z.int(),
  /** The number of lines that were left out one by one. */
  tested_lines: z.int(),
  /** The row when all of the lines are left out. */
  without_lines: z.enum(["removed", "changed", "unchanged"]),
  /** The partitions behind which lines were not searched. */
  stops: listSchema(stopSchema),
})

export type ProvenanceDocument = z.infer<typeof provenanceSchema>
