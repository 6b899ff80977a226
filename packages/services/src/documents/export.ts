import * as z from "zod/mini"

/** `arrow` is the IPC file format, `arrow-stream` the IPC streaming format. */
export const exportFormats = ["parquet", "arrow", "arrow-stream", "csv", "jsonl"] as const

export type ExportFormat = (typeof exportFormats)[number]

/** Partitions that were written: the document of `freshet data export`. */
export const exportSchema = z.strictObject({
  asset: z.string(),
  /** `2026-01-05`, or `2026-01-01 to 2026-01-05`. */
  partitions: z.string(),
  format: z.enum(exportFormats),
  rows: z.int(),
})

export type ExportDocument = z.infer<typeof exportSchema>
