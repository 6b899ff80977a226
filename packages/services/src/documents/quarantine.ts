import * as z from "zod/mini"

import { listSchema } from "./list-schema.ts"

/** One quarantined line, as the quarantine file contains it. */
export const quarantinedLineSchema = z.strictObject({
  file: z.string(),
  line: z.int(),
  reason: z.string(),
  text: z.string(),
})

export type QuarantinedLineDocument = z.infer<typeof quarantinedLineSchema>

/** Quarantined lines of a source: the document of `freshet data quarantine`. */
export const quarantineSchema = z.strictObject({
  source: z.string(),
  lines: listSchema(quarantinedLineSchema),
  /** True when the limit left out lines. */
  more: z.boolean(),
})

export type QuarantineDocument = z.infer<typeof quarantineSchema>
