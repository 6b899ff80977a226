import * as z from "zod/mini"

import { listSchema } from "./list-schema.ts"
import { partitionRangeSchema } from "./partition-range.ts"
import { stepOutcomes } from "./run.ts"

const runOutcomeSchema = z.enum(["running", "succeeded", "failed", "interrupted", "killed"])

const runShape = {
  id: z.string(),
  command: z.string(),
  /** Decides the priority: `interactive` before `schedule` before `backfill`. */
  kind: z.enum(["interactive", "schedule", "backfill"]),
  outcome: runOutcomeSchema,
  /** The time from which it was to start: a tick was due or a request was accepted. Null for a run of a command. */
  requested_at: z.nullable(z.iso.datetime()),
  started_at: z.iso.datetime(),
  ended_at: z.nullable(z.iso.datetime()),
  cancel_requested_at: z.nullable(z.iso.datetime()),
  /** The number of planned steps. */
  steps: z.int(),
  materialized: z.int(),
  /** The number of ended steps that needed no new rows: their inputs did not change, or they only ran checks. */
  unchanged: z.int(),
  failed: z.int(),
}

const runRowSchema = z.strictObject(runShape)

export type RunRowDocument = z.infer<typeof runRowSchema>

/** The latest runs: the document of `freshet runs`. */
export const runListSchema = z.strictObject({
  now: z.iso.datetime(),
  runs: listSchema(runRowSchema),
})

export type RunListDocument = z.infer<typeof runListSchema>

const progressSchema = z.strictObject({
  computation: z.string(),
  planned: z.int(),
  ended: z.int(),
  /** Partitions by outcome; `remaining` for those without one. */
  partitions: listSchema(
    z.strictObject({
      outcome: z.enum([...stepOutcomes, "remaining"]),
      ranges: listSchema(partitionRangeSchema),
      text: z.string(),
    }),
  ),
})

export type ComputationProgressDocument = z.infer<typeof progressSchema>

const failedAttemptSchema = z.strictObject({
  message: z.string(),
  started_at: z.iso.datetime(),
  ms: z.int(),
})

/** A step that failed and waits for its next attempt. */
const waitingStepSchema = z.strictObject({
  computation: z.string(),
  partition: z.nullable(z.string()),
  failed_attempts: listSchema(failedAttemptSchema),
  next_attempt_at: z.iso.datetime(),
})

export type WaitingStepDocument = z.infer<typeof waitingStepSchema>

const stepRowSchema = z.strictObject({
  computation: z.string(),
  /** The assets of the computation that are declared. */
  outputs: listSchema(z.string()),
  /** Null when the key is no longer declared. */
  partition: z.nullable(z.string()),
  outcome: z.enum(stepOutcomes),
  message: z.nullable(z.string()),
  rows: z.int(),
  /** The start of the last attempt. */
  started_at: z.iso.datetime(),
  ms: z.int(),
  /** The attempts before the last one. */
  failed_attempts: listSchema(failedAttemptSchema),
})

export type StepRowDocument = z.infer<typeof stepRowSchema>

/** One run with its progress, its steps and its publications: the document of `freshet runs show`. */
export const runDetailSchema = z.strictObject({
  ...runShape,
  now: z.iso.datetime(),
  progress: listSchema(progressSchema),
  step_rows: listSchema(stepRowSchema),
  /** The steps of a running run that wait for their next attempt, or are in it. */
  waiting_steps: listSchema(waitingStepSchema),
  publications: listSchema(
    z.strictObject({
      set: z.string(),
      partition: z.string(),
      inserted: z.int(),
      updated: z.int(),
      deleted: z.int(),
    }),
  ),
})

export type RunDetailDocument = z.infer<typeof runDetailSchema>

const logLineSchema = z.strictObject({
  step: z.string(),
  /** The number of the attempt at the step in the run, from 1. */
  attempt: z.int(),
  level: z.enum(["debug", "info", "warn", "error"]),
  at: z.iso.datetime(),
  text: z.string(),
})

export type LogLineDocument = z.infer<typeof logLineSchema>

/** The messages that the code of a run's steps printed: the document of `freshet runs logs`. */
export const runLogSchema = z.strictObject({
  run: z.string(),
  outcome: runOutcomeSchema,
  lines: listSchema(logLineSchema),
})

export type RunLogDocument = z.infer<typeof runLogSchema>

/** A page of the log of a run or of one of its steps. */
export const runLogPageSchema = z.strictObject({
  ...runLogSchema.shape,
  /** The place after the last line: the next page, or lines that are printed later, begin there. */
  next: z.int(),
})

export type RunLogPageDocument = z.infer<typeof runLogPageSchema>

/** A cancelled run: the document of `freshet runs cancel`. */
export const cancelSchema = z.strictObject({
  run: z.string(),
  /** `running`: the run has not ended yet. */
  outcome: runOutcomeSchema,
  steps: z.int(),
  materialized: z.int(),
})

export type CancelDocument = z.infer<typeof cancelSchema>
