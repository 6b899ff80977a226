import * as z from "zod/mini"

const text = z.string().check(z.maxLength(500))
const partitionsSchema = z.strictObject({
  date: z.optional(text),
  from: z.optional(text),
  to: z.optional(text),
  partition: z.optional(text),
})
const onlySchema = z.optional(z.enum(["stale", "failed", "missing", "all"]))

/** The partitions that a page asks to run: the same requests as those of the command line. */
export const targetSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("materialize"),
    selection: z.readonly(z.array(text)),
    partitions: partitionsSchema,
    only: onlySchema,
    repin: z.optional(z.boolean()),
    publish: z.boolean(),
  }),
  z.strictObject({
    kind: z.literal("backfill"),
    asset: text,
    partitions: partitionsSchema,
    only: onlySchema,
    repin: z.optional(z.boolean()),
    downstream: z.boolean(),
  }),
  z.strictObject({ kind: z.literal("retry"), run: text, publish: z.boolean() }),
])

export type TargetDocument = z.infer<typeof targetSchema>
