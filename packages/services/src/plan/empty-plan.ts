import type { Plan } from "@freshet/core/engine"

/** Whether there is nothing in a plan at all, not even something that waits. */
export function isEmptyPlan({ checks, work, publications, blocked }: Plan): boolean {
  return checks.length + work.length + publications.length + blocked.length === 0
}
