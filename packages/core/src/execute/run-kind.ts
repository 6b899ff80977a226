/** The kinds of runs, the highest priority first: of a person, of a schedule, over a range of partitions. */
const runKinds = ["interactive", "schedule", "backfill"] as const

export type RunKind = (typeof runKinds)[number]

/** Returns the priority of a run: one with a higher number is executed first. */
export function getPriority(kind: RunKind): number {
  return runKinds.length - runKinds.indexOf(kind)
}
