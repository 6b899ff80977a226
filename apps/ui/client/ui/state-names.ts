/** The states of the design system, the most severe first. */
export const stateNames = [
  "failed",
  "blocked",
  "overdue",
  "stale",
  "missing",
  "fresh",
  "running",
  "queued",
  "source",
] as const

export type StateName = (typeof stateNames)[number]

/** The states of the content of an asset or a partition, the most severe first. */
export const contentStates = [
  "failed",
  "blocked",
  "stale",
  "missing",
  "fresh",
] as const satisfies readonly StateName[]
