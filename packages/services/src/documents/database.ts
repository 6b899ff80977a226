import * as z from "zod/mini"

/** The database of a project: the document of `freshet db status`. */
export const databaseSchema = z.strictObject({
  kind: z.enum(["embedded", "external"]),
  /** The embedded server's process; an external server is not asked. */
  state: z.enum(["down", "starting", "up", "stopping", "unknown"]),
  /** The embedded server runs while no command uses it. */
  stays_up: z.boolean(),
  /** The URL of an external server without its password, or the data folder of the embedded server. */
  location: z.string(),
})

export type DatabaseDocument = z.infer<typeof databaseSchema>
