import type { RunEvent } from "@freshet/core/engine"

import type { PlanDocument } from "./documents/plan.ts"

/** Reports the course of a service call: the terminal, a JSON stream and a web page read the same values. */
export type ServiceEvent =
  | RunEvent
  /** A run has its plan, and starts to execute it. */
  | { readonly kind: "run_planned"; readonly plan: PlanDocument }
  /** Another process holds the run lock. */
  | { readonly kind: "run_waiting"; readonly owner: string }
  /** Another process asked the run to stop. */
  | { readonly kind: "cancel_requested" }
  | WorkProgress
  | DemoDataProgress

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
