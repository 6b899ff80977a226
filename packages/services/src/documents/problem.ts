import * as z from "zod/mini"

/** Something that needs attention, with the remedy where one is known. */
export const problemSchema = z.strictObject({
  kind: z.string(),
  asset: z.nullable(z.string()),
  message: z.string(),
  hint: z.nullable(z.string()),
})

export type ProblemDocument = z.infer<typeof problemSchema>
