import * as z from "zod/mini"

import { listSchema } from "./list-schema.ts"

/** A publication set that cannot be published for the newest partition that one of its assets has. */
export const waitingSetSchema = z.strictObject({
  set: z.string(),
  partition: z.string(),
  /** The newest partition in its tables; null before the first publication. */
  published: z.nullable(z.string()),
  /** The assets for which it waits, with the reason in words. */
  waits_for: listSchema(z.strictObject({ asset: z.string(), reason: z.string() })),
  /** The earliest deadline of its assets for the partition, if it has passed. */
  overdue_since: z.nullable(z.iso.datetime()),
  /** The command that materializes the awaited rows and publishes; null if a file or another fix is needed first. */
  command: z.nullable(z.string()),
})

export type WaitingSetDocument = z.infer<typeof waitingSetSchema>
