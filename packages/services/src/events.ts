import type { RunEvent } from "@freshet/core/engine"
import type { LandedBatch, WorkOutcome } from "@freshet/io"

import type { GarbageDocument } from "./documents/garbage.ts"
import type { PlanDocument } from "./documents/plan.ts"

/** Reports the course of a service call: the terminal, a JSON stream and a web page read the same values. */
export type ServiceEvent =
  /** An event of a run, with its id. */
  | (RunEvent & { readonly run?: string | undefined })
  /** A run has its plan, and starts to execute it. */
  | { readonly kind: "run_planned"; readonly plan: PlanDocument }
  /** Another command keeps this one from starting. */
  | { readonly kind: "run_waiting"; readonly owner: string }
  /** This process executes steps of a run of another process. */
  | { readonly kind: "run_joined"; readonly run: string }
  /** Another process asked the run to stop. */
  | { readonly kind: "cancel_requested" }
  | TickEvent
  | MaintenanceEvent
  | LandingEvent
  | WorkProgress
  | DemoDataProgress

/** The course of ticks in a scheduler. */
export type TickEvent =
  | { readonly kind: "tick_recorded"; readonly schedule: string; readonly tickMs: number }
  | { readonly kind: "tick_started"; readonly schedule: string; readonly tickMs: number }
  | {
      readonly kind: "tick_ended"
      readonly schedule: string
      readonly tickMs: number
      readonly outcome: WorkOutcome
      /** The reason of a tick that failed before its run began. */
      readonly message: string | undefined
    }
  /** The scheduler could not do its work; it tries again. */
  | { readonly kind: "scheduler_failed"; readonly message: string; readonly retryMs: number }

/** The course of landing streams. */
export type LandingEvent =
  | ({ readonly kind: "batch_landed" } & LandedBatch)
  /** Messages could not be read or landed; it is tried again. */
  | { readonly kind: "landing_failed"; readonly message: string; readonly retryMs: number }

/** The daily maintenance of a scheduler. */
export type MaintenanceEvent =
  | { readonly kind: "records_expired"; readonly records: GarbageDocument["expired_records"] }
  | {
      readonly kind: "garbage_collected"
      readonly materializations: number
      readonly files: number
    }
  | { readonly kind: "maintenance_failed"; readonly message: string }

/** Counts the partitions that a service has worked through. */
export interface WorkProgress {
  readonly kind: "work_progress"
  readonly phase: "files" | "recompute"
  readonly done: number
  readonly total: number
}

/** Names the file or the day that is generated. */
export interface DemoDataProgress {
  readonly kind: "demo_data_progress"
  readonly item: string
}
