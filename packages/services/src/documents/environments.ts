import * as z from "zod/mini"

import { listSchema } from "./list-schema.ts"
import { partitionsShape } from "./partition-range.ts"
import { runSchema } from "./run.ts"

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

/** The partitions with other rows than in the default environment: the document of `freshet env diff NAME`. */
export const environmentDiffSchema = z.strictObject({
  environment: z.string(),
  assets: listSchema(
    z.strictObject({
      asset: z.string(),
      /** Both environments have rows, with other data versions. */
      changed: z.strictObject(partitionsShape),
      /** Only the environment has rows. */
      added: z.strictObject(partitionsShape),
      /** Only the default environment has rows. */
      removed: z.strictObject(partitionsShape),
    }),
  ),
})

export type EnvironmentDiffDocument = z.infer<typeof environmentDiffSchema>

const assetPartitionsSchema = z.strictObject({ asset: z.string(), ...partitionsShape })

/** The promoted partitions and the run that published them: the document of `freshet env promote`. */
export const promotionSchema = z.strictObject({
  environment: z.string(),
  /** The partitions that became fresh in the default environment. */
  promoted: listSchema(assetPartitionsSchema),
  /** The partitions with rows in the environment that are stale in both, with the present code and inputs. */
  stale: listSchema(assetPartitionsSchema),
  run: runSchema,
})

export type PromotionDocument = z.infer<typeof promotionSchema>
