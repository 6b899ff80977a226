import {
  countPartitions,
  countSteps,
  formatPartitionKey,
  getPartitionNoun,
  type Graph,
  type PartitionRange,
  type Plan,
  type RunEvent,
  type StepOutcome,
} from "@freshet/core/engine"

/** What a watcher of a run knows: a fold of its events. */
export interface RunProgress {
  readonly total: number
  readonly ended: number
  readonly failed: number
  readonly startedMs: number
  /** Steps under way, oldest first. */
  readonly running: ReadonlyMap<string, RunningStep>
  readonly computations: ReadonlyMap<string, ComputationCounts>
  readonly publishing: string | undefined
}

export interface RunningStep {
  readonly computation: string
  readonly key: string
  readonly startedMs: number
  readonly share: number
}

/** The steps of one computation, counted. */
export interface ComputationCounts {
  readonly planned: number
  readonly ended: number
  /** What one of its partitions is called, and the key where there is one alone. */
  readonly noun: string
  readonly singleKey: string | undefined
  readonly rows: number
  readonly ms: number
  readonly outcomes: Readonly<Partial<Record<StepOutcome["kind"], number>>>
  readonly quarantined: number
  readonly failedChecks: number
}

const emptyCounts: ComputationCounts = {
  planned: 0,
  ended: 0,
  noun: "partition",
  singleKey: undefined,
  rows: 0,
  ms: 0,
  outcomes: {},
  quarantined: 0,
  failedChecks: 0,
}

/** Nothing done yet of a plan. */
export function startProgress(graph: Graph, plan: Plan, nowMs: number): RunProgress {
  const computations = new Map<string, ComputationCounts>()
  for (const { asset, ranges } of plan.checks)
    computations.set(`check ${asset.name}`, toPlannedCounts(graph, asset.name, ranges))
  for (const { computation, ranges } of plan.work)
    computations.set(
      computation.name,
      toPlannedCounts(graph, computation.outputs[0]?.asset ?? "", ranges),
    )
  return {
    total: countSteps(plan),
    ended: 0,
    failed: 0,
    startedMs: nowMs,
    running: new Map(),
    computations,
    publishing: undefined,
  }
}

function toPlannedCounts(
  graph: Graph,
  name: string,
  ranges: readonly PartitionRange[],
): ComputationCounts {
  const asset = graph.assets.get(name)
  const planned = countPartitions(ranges)
  const [first] = ranges
  if (asset === undefined || first === undefined) return { ...emptyCounts, planned }
  const singleKey = planned === 1 ? formatPartitionKey(asset.partitions, first.from) : undefined
  return { ...emptyCounts, planned, noun: getPartitionNoun(asset.partitions), singleKey }
}

/** A step's id in two: what it is listed under, the computation or the check of an asset, and the partition's key. */
export function parseStepId(id: string): { readonly name: string; readonly key: string } {
  const [first = "", second = "", third] = id.split(" ", 3)
  const name = first === "check" && third !== undefined ? `${first} ${second}` : first
  return { name, key: id.slice(name.length + 1) }
}

/** The progress after one more event. */
export function applyEvent(progress: RunProgress, event: RunEvent, nowMs: number): RunProgress {
  switch (event.kind) {
    case "step_started": {
      const { name, key } = parseStepId(event.step)
      const running = { computation: name, key, startedMs: nowMs, share: 0 }
      return { ...progress, running: new Map([...progress.running, [event.step, running]]) }
    }
    case "step_progress": {
      const runningStep = progress.running.get(event.step)
      if (runningStep === undefined) return progress
      const running = { ...runningStep, share: event.share }
      return { ...progress, running: new Map([...progress.running, [event.step, running]]) }
    }
    case "step_ended":
      return endStep(progress, event)
    case "publish_started":
      return { ...progress, publishing: `${event.set} ${event.partition}` }
    case "publish_ended":
      return { ...progress, publishing: undefined }
    case "run_started":
    case "run_ended":
      return progress
  }
}

type StepEndedEvent = Extract<RunEvent, { kind: "step_ended" }>

function endStep(progress: RunProgress, event: StepEndedEvent): RunProgress {
  const running = new Map([...progress.running].filter(([id]) => id !== event.step))
  const { name } = parseStepId(event.step)
  const counts = progress.computations.get(name) ?? emptyCounts
  const computations = new Map([...progress.computations, [name, addStep(counts, event)]])
  const failed = progress.failed + (isUnsuccessful(event.outcome) ? 1 : 0)
  return { ...progress, running, computations, failed, ended: progress.ended + 1 }
}

/** Whether a step did not give what it was to give. */
export function isUnsuccessful({ kind }: StepOutcome): boolean {
  return kind === "failed" || kind === "checks_failed" || kind === "skipped"
}

function addStep(counts: ComputationCounts, event: StepEndedEvent): ComputationCounts {
  const { kind } = event.outcome
  return {
    ...counts,
    ended: counts.ended + 1,
    rows: counts.rows + event.rows,
    ms: counts.ms + event.ms,
    outcomes: { ...counts.outcomes, [kind]: (counts.outcomes[kind] ?? 0) + 1 },
    quarantined: event.lineCounts.reduce((sum, line) => sum + line.quarantined, counts.quarantined),
    failedChecks: counts.failedChecks + event.checks.filter(({ passed }) => !passed).length,
  }
}
