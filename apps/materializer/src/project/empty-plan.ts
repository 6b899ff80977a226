import type { Plan } from "@freshet/core"

/** Whether there is nothing in a plan at all, not even something that waits. */
export function isEmpty({ checks, work, publications, waiting }: Plan): boolean {
  return checks.length + work.length + publications.length + waiting.length === 0
}
