import * as z from "zod/mini"

import { listSchema } from "./list-schema.ts"

const tickStateSchema = z.enum([
  "queued",
  "running",
  "nothing",
  "succeeded",
  "failed",
  "interrupted",
])

const tickSchema = z.strictObject({
  schedule: z.string(),
  tick_at: z.iso.datetime(),
  /** `nothing`: there was nothing to do. */
  state: tickStateSchema,
  /** Null until its run begins; a run that had nothing to do is not in the list of runs. */
  run: z.nullable(z.string()),
  /** The error of a tick that failed before its run began. */
  message: z.nullable(z.string()),
})

export type TickDocument = z.infer<typeof tickSchema>

/** The reason why a schedule runs nothing at the moment, with its remedy. */
const idleReasonSchema = z.strictObject({
  kind: z.enum([
    "paused",
    "open",
    "due",
    "missed",
    "next_instant",
    "no_arrival",
    "tried",
    "nothing_to_do",
  ]),
  message: z.string(),
  hint: z.nullable(z.string()),
})

const scheduleSchema = z.strictObject({
  name: z.string(),
  kind: z.enum(["cron", "arrival", "stale"]),
  automation: z.string(),
  assets: listSchema(z.string()),
  paused: z.boolean(),
  /** Null while it is paused, and for automation without a clock. */
  next_tick_at: z.nullable(z.iso.datetime()),
  latest_tick: z.nullable(tickSchema),
  /** The latest ticks, the newest first. */
  ticks: listSchema(tickSchema),
  idle_reason: idleReasonSchema,
})

export type ScheduleDocument = z.infer<typeof scheduleSchema>

/** The declared schedules: the document of `freshet schedule ls`. */
export const scheduleListSchema = z.strictObject({
  now: z.iso.datetime(),
  schedules: listSchema(scheduleSchema),
})

export type ScheduleListDocument = z.infer<typeof scheduleListSchema>

const simulatedTickSchema = z.strictObject({
  schedule: z.string(),
  tick_at: z.iso.datetime(),
  zone: z.string(),
  /** Granularity → the newest partition that has ended at the tick. */
  partitions: listSchema(z.string()),
})

/** The ticks of a period: the document of `freshet schedule simulate`. */
export const simulationSchema = z.strictObject({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  ticks: listSchema(simulatedTickSchema),
  /** Schedules whose ticks the clock does not determine. */
  unpredictable: listSchema(z.string()),
  /** True when the period has more ticks. */
  truncated: z.boolean(),
})

export type SimulationDocument = z.infer<typeof simulationSchema>
