import type { LineageDocument, StepRow } from "../../api/documents.ts"

/** One step with its times relative to the start of the run. */
export interface TimedStep {
  readonly key: string
  readonly step: StepRow
  readonly startMs: number
  readonly endMs: number
  readonly failedAttempts: readonly {
    readonly message: string
    readonly startMs: number
    readonly endMs: number
  }[]
}

/** Places the steps of a run on one time axis. */
export function placeSteps(steps: readonly StepRow[], runStartedAt: string): readonly TimedStep[] {
  const originMs = Date.parse(runStartedAt)
  return steps
    .filter(({ outcome }) => outcome !== "skipped")
    .map((step) => {
      const startMs = Math.max(0, Date.parse(step.started_at) - originMs)
      const key = `${step.computation} ${step.partition ?? ""}`
      const failedAttempts = step.failed_attempts.map(({ message, started_at: attemptAt, ms }) => {
        const attemptMs = Math.max(0, Date.parse(attemptAt) - originMs)
        return { message, startMs: attemptMs, endMs: attemptMs + ms }
      })
      return { key, step, startMs, endMs: startMs + step.ms, failedAttempts }
    })
}

/** Finds the chain of steps that decided the end of the run: from the last step to the latest step that it waited for. */
export function findCriticalPath(
  steps: readonly TimedStep[],
  edges: LineageDocument["edges"],
): ReadonlySet<string> {
  const readers = new Map<string, Set<string>>()
  for (const { from, to } of edges) readers.set(to, (readers.get(to) ?? new Set()).add(from))
  const path = new Set<string>()
  let current = steps.toSorted((first, second) => second.endMs - first.endMs)[0]
  while (current !== undefined && !path.has(current.key)) {
    const { key, step, startMs } = current
    path.add(key)
    const upstream = new Set(step.outputs.flatMap((output) => [...(readers.get(output) ?? [])]))
    const candidates = steps.filter(
      (candidate) =>
        candidate.endMs <= startMs + toleranceMs &&
        candidate.step.outputs.some((output) => upstream.has(output)),
    )
    current = candidates.toSorted((first, second) => second.endMs - first.endMs)[0]
  }
  return path
}

/** Times of steps are rounded. */
const toleranceMs = 5
