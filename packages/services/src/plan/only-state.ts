import type { PlanRequest } from "@freshet/core/engine"

/** States to which the requested partitions can be restricted. */
export const onlyStates = ["missing", "failed", "stale", "all"] as const

export type OnlyState = (typeof onlyStates)[number]

/** Converts the state of a request to that of a plan; undefined for every state that is not fresh. */
export function toPlanState(only: OnlyState | undefined): PlanRequest["only"] {
  return only === "all" ? undefined : only
}
