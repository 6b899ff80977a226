import * as z from "zod/mini"

import { listSchema } from "./list-schema.ts"
import { problemSchema } from "./problem.ts"

/** The error that ended a command with --json; it is the only document of that command. */
export const errorSchema = z.strictObject({
  error: z.strictObject({
    /** The kind of the error, which decides the exit code: usage, config, postgres, …; `fault` for a fault in Freshet. */
    code: z.string(),
    message: z.string(),
    hint: z.nullable(z.string()),
    /** Every problem of a request or of declarations; `message` and `hint` are those of the first. */
    problems: listSchema(problemSchema),
  }),
})

export type ErrorDocument = z.infer<typeof errorSchema>
