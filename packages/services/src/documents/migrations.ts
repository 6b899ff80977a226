import * as z from "zod/mini"

import { listSchema } from "./list-schema.ts"

/** The migrations of the published tables: the document of `freshet migrate`. */
export const migrationsSchema = z.strictObject({
  folder: z.string(),
  /** The migrations in the folder, oldest first. */
  migrations: listSchema(z.string()),
  /** The files that `--generate` wrote. */
  written: listSchema(z.string()),
  /** `--check`: the declared tables need a migration that is not in the folder. */
  is_missing: z.boolean(),
})

export type MigrationsDocument = z.infer<typeof migrationsSchema>
