import * as z from "zod/mini"

export const exportFormats = ["parquet", "arrow", "csv", "jsonl"] as const

export type ExportFormat = (typeof exportFormats)[number]

/** A partition that was written: the document of `freshet data export`. */
export const exportSchema = z.strictObject({
  asset: z.string(),
  partition: z.string(),
  format: z.enum(exportFormats),
  rows: z.int(),
})

export type ExportDocument = z.infer<typeof exportSchema>
