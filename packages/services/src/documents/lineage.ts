import * as z from "zod/mini"

import { listSchema } from "./list-schema.ts"

const nodeSchema = z.strictObject({
  name: z.string(),
  group: z.string(),
  kind: z.enum(["source", "sql", "code"]),
})

/** An edge with its windows; a read of the same partition has none. */
const edgeSchema = z.strictObject({
  from: z.string(),
  to: z.string(),
  windows: listSchema(z.string()),
})

/** Assets and the reads between them: the document of `freshet lineage`. */
export const lineageSchema = z.strictObject({
  /** The selected asset; null when several are selected. */
  focus: z.nullable(z.string()),
  nodes: listSchema(nodeSchema),
  edges: listSchema(edgeSchema),
})

export type LineageDocument = z.infer<typeof lineageSchema>
