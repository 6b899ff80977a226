import * as z from "zod/mini"

import { listSchema } from "./list-schema.ts"

/** An environment: pointers to files of the lake, and published tables of its own. */
export const environmentSchema = z.strictObject({
  name: z.string(),
  created_at: z.iso.datetime(),
  /** False if its creation was interrupted. */
  is_ready: z.boolean(),
  /** The schemas of its ledger and of its published tables. */
  schemas: listSchema(z.string()),
  /** The materializations that the default environment does not have. */
  materializations: z.int(),
  /** The files that only these materializations have. */
  files: z.int(),
  bytes: z.int(),
})

export type EnvironmentDocument = z.infer<typeof environmentSchema>

/** The environments beside the default one: the document of `freshet env list`. */
export const environmentListSchema = z.strictObject({
  environments: listSchema(environmentSchema),
})

export type EnvironmentListDocument = z.infer<typeof environmentListSchema>
