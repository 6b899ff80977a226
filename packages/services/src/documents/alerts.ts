import * as z from "zod/mini"

import { listSchema } from "./list-schema.ts"

const alertSchema = z.strictObject({
  kind: z.enum(["tick_failed", "overdue"]),
  title: z.string(),
  detail: z.string(),
  opened_at: z.iso.datetime(),
  /** Null while it is open. */
  resolved_at: z.nullable(z.iso.datetime()),
  /** True when its opening was delivered. */
  sent: z.boolean(),
  /** The failure of the latest delivery. */
  delivery_error: z.nullable(z.string()),
})

/** The newest alerts: the document of `freshet alerts ls`. */
export const alertListSchema = z.strictObject({
  now: z.iso.datetime(),
  alerts: listSchema(alertSchema),
})

export type AlertListDocument = z.infer<typeof alertListSchema>

/** The channels that were tried: the document of `freshet alerts test`. */
export const alertTestSchema = z.strictObject({
  channels: listSchema(
    z.strictObject({ channel: z.enum(["webhook", "e-mail"]), error: z.nullable(z.string()) }),
  ),
})

export type AlertTestDocument = z.infer<typeof alertTestSchema>
