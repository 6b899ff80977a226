import { problemSchema, stepOutcomes } from "@freshet/services/documents"
import * as z from "zod/mini"

/** The running steps and the counts of a request under way. */
const progressSchema = z.strictObject({
  steps: z.int(),
  ended: z.int(),
  failed: z.int(),
})

/** A request that this server has accepted. */
export const requestSchema = z.strictObject({
  request: z.string(),
  command: z.string(),
  state: z.enum(["queued", "running", "ended", "rejected"]),
  requested_at: z.iso.datetime(),
  /** The run; null before it starts, and when nothing had to be done. */
  run: z.nullable(z.string()),
  progress: z.nullable(progressSchema),
  outcome: z.nullable(z.enum(["nothing", "succeeded", "failed", "interrupted"])),
  /** The reasons of a rejected request. */
  problems: z.readonly(z.array(problemSchema)),
})

export type RequestDocument = z.infer<typeof requestSchema>

export const requestListSchema = z.strictObject({ requests: z.readonly(z.array(requestSchema)) })

/** The settings of the server and the rights of the visitor. */
export const sessionSchema = z.strictObject({
  now: z.iso.datetime(),
  /** `viewer`: actions are refused. */
  role: z.enum(["viewer", "operator"]),
  /** The flag that printed commands need: `--demo`. */
  command_flag: z.nullable(z.string()),
  /** The environment whose records are shown; null for the default one. */
  environment: z.nullable(z.string()),
})

export type SessionDocument = z.infer<typeof sessionSchema>

const stepShape = {
  run: z.string(),
  at: z.iso.datetime(),
  step: z.string(),
  computation: z.string(),
  partition: z.string(),
}

/** An event of the stream: pages read it in place of asking again. */
export const uiEventSchema = z.discriminatedUnion("kind", [
  /** Ledger or landing zone changed: documents have to be read again. */
  z.strictObject({ kind: z.literal("project_changed"), at: z.iso.datetime() }),
  z.strictObject({ kind: z.literal("request_changed"), request: requestSchema }),
  z.strictObject({ kind: z.literal("step_started"), ...stepShape }),
  z.strictObject({
    kind: z.literal("step_ended"),
    ...stepShape,
    outcome: z.enum(stepOutcomes),
    message: z.nullable(z.string()),
    rows: z.int(),
    ms: z.number(),
  }),
  z.strictObject({ kind: z.literal("ledger_lost"), at: z.iso.datetime(), message: z.string() }),
  z.strictObject({ kind: z.literal("ledger_restored"), at: z.iso.datetime() }),
])

export type UiEvent = z.infer<typeof uiEventSchema>

/** The answer of a refused or failed call. */
export const problemsSchema = z.strictObject({ problems: z.readonly(z.array(problemSchema)) })

export type ProblemsDocument = z.infer<typeof problemsSchema>
