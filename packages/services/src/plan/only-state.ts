import type { PlanRequest } from "@freshet/core/engine"

/** Which of the partitions asked for are meant, by their state. */
export const onlyStates = ["missing", "failed", "stale", "all"] as const

export type OnlyState = (typeof onlyStates)[number]

/** The state that a plan is kept to; none when all are meant that are not up to date. */
export function toPlanState(only: OnlyState | undefined): PlanRequest["only"] {
  return only === "all" ? undefined : only
}
