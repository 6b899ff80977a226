import { formatInstant, formatQuantity } from "@freshet/core/engine"
import type { ServiceEvent } from "@freshet/services"

import { formatRecordCounts } from "../render/garbage.ts"
import { formatPlanBriefly } from "../render/plan.ts"
import { describeEvent, toEventDocument } from "../render/run-event.ts"

/** An entry of a log. */
export interface LogEntry {
  readonly level: "info" | "error"
  readonly message: string
  readonly fields: object
}

/** Converts an event to an entry of a log; undefined for an event that the log omits. */
export function toLogEntry(event: ServiceEvent): LogEntry | undefined {
  const message = describeServiceEvent(event)
  if (message === undefined) return undefined
  return { level: getLevel(event), message, fields: toFields(event) }
}

function toFields(event: ServiceEvent): object {
  switch (event.kind) {
    case "run_planned":
      return { kind: event.kind, steps: event.plan.step_count }
    case "tick_recorded":
    case "tick_started":
    case "tick_ended": {
      const { tickMs, ...fields } = event
      return { ...fields, tick_at: new Date(tickMs).toISOString() }
    }
    case "scheduler_failed":
      return { kind: event.kind, retry_ms: event.retryMs }
    case "landing_failed":
      return { kind: event.kind, retry_ms: event.retryMs }
    case "records_expired":
      return { kind: event.kind, expired_records: event.records }
    case "run_waiting":
    case "run_joined":
    case "cancel_requested":
    case "work_progress":
    case "demo_data_progress":
    case "garbage_collected":
    case "maintenance_failed":
    case "batch_landed":
      return event
    case "run_started":
    case "step_started":
    case "step_progress":
    case "step_waiting":
    case "run_outranked":
    case "step_logged":
    case "attempt_failed":
    case "step_ended":
    case "publish_started":
    case "publish_ended":
    case "run_ended":
      return toEventDocument(event)
  }
}

function getLevel(event: ServiceEvent): "info" | "error" {
  const isFailure =
    event.kind === "scheduler_failed" ||
    event.kind === "maintenance_failed" ||
    event.kind === "landing_failed" ||
    (event.kind === "tick_ended" && event.outcome === "failed") ||
    (event.kind === "run_ended" && event.outcome === "failed") ||
    (event.kind === "publish_ended" && event.error !== undefined) ||
    (event.kind === "step_ended" && ["failed", "checks_failed"].includes(event.outcome.kind))
  return isFailure ? "error" : "info"
}

function describeServiceEvent(event: ServiceEvent): string | undefined {
  switch (event.kind) {
    case "tick_recorded":
      return `${event.schedule}: tick ${formatInstant(event.tickMs)} is due`
    case "tick_started":
      return `${event.schedule}: tick ${formatInstant(event.tickMs)} started`
    case "tick_ended": {
      const reason = event.message === undefined ? "" : `: ${event.message}`
      return `${event.schedule}: tick ${formatInstant(event.tickMs)} ended, ${event.outcome}${reason}`
    }
    case "scheduler_failed":
      return `${event.message} The scheduler tries again in ${event.retryMs / 1000} s.`
    case "run_planned":
      return `plan: ${formatPlanBriefly(event.plan)}`
    case "run_waiting":
      return `waiting for ${event.owner}`
    case "run_joined":
      return `assisting run ${event.run}`
    case "cancel_requested":
      return "another process asked the run to stop"
    case "records_expired":
      return `expired records deleted: ${formatRecordCounts(event.records)}`
    case "garbage_collected": {
      const { materializations, files } = event
      return `garbage deleted: ${formatQuantity(materializations, "materialization")}, ${formatQuantity(files, "file")}`
    }
    case "maintenance_failed":
      return `maintenance failed: ${event.message}`
    case "batch_landed": {
      const { topic, partition, messages, first, last, files } = event
      return `${topic}, partition ${partition}: ${formatQuantity(messages, "message")} landed, offsets ${first} to ${last}, in ${formatQuantity(files.length, "file")}`
    }
    case "landing_failed":
      return `${event.message.replace(/\.?$/, ".")} Landing is tried again in ${event.retryMs / 1000} s.`
    case "work_progress":
    case "demo_data_progress":
      return undefined
    case "run_started":
    case "step_started":
    case "step_progress":
    case "step_waiting":
    case "run_outranked":
    case "step_logged":
    case "attempt_failed":
    case "step_ended":
    case "publish_started":
    case "publish_ended":
    case "run_ended":
      return describeEvent(event)
  }
}
