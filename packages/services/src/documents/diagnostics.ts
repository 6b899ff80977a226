import * as z from "zod/mini"

import { listSchema } from "./list-schema.ts"

/** One thing that was checked, with the remedy where it is not well. */
const findingSchema = z.strictObject({
  level: z.enum(["ok", "warn", "fail"]),
  subject: z.string(),
  message: z.string(),
  hint: z.nullable(z.string()),
})

export type FindingDocument = z.infer<typeof findingSchema>

/** The health of the installation and the project: the document of `freshet doctor`. */
export const diagnosticsSchema = z.strictObject({ findings: listSchema(findingSchema) })

export type DiagnosticsDocument = z.infer<typeof diagnosticsSchema>
