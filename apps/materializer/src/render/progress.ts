import {
  type Graph,
  type PartitionRange,
  type Plan,
  type RunEvent,
  type StepOutcome,
  partitionCount,
  partitionKey,
  stepCount,
  partitionNoun,
} from "@freshet/core"

/** What a watcher of a run knows: a fold of its events. */
export interface Progress {
  readonly total: number
  readonly ended: number
  readonly failed: number
  readonly startedMs: number
  /** Steps under way, oldest first. */
  readonly running: ReadonlyMap<string, RunningStep>
  readonly computations: ReadonlyMap<string, ComputationProgress>
  readonly publishing: string | undefined
}

export interface RunningStep {
  readonly computation: string
  readonly key: string
  readonly startedMs: number
  readonly share: number
}

/** The steps of one computation, counted. */
export interface ComputationProgress {
  readonly planned: number
  readonly ended: number
  /** What one of its partitions is called, and the key where there is one alone. */
  readonly noun: string
  readonly only: string | undefined
  readonly rows: number
  readonly ms: number
  readonly outcomes: Readonly<Partial<Record<StepOutcome["kind"], number>>>
  readonly quarantined: number
  readonly failedChecks: number
}

const untouched: ComputationProgress = {
  planned: 0,
  ended: 0,
  noun: "partition",
  only: undefined,
  rows: 0,
  ms: 0,
  outcomes: {},
  quarantined: 0,
  failedChecks: 0,
}

/** Nothing done yet of a plan. */
export function startProgress(graph: Graph, plan: Plan, nowMs: number): Progress {
  const computations = new Map<string, ComputationProgress>()
  for (const { asset, ranges } of plan.checks)
    computations.set(`check ${asset.name}`, untouchedOf(graph, asset.name, ranges))
  for (const { computation, ranges } of plan.work)
    computations.set(
      computation.name,
      untouchedOf(graph, computation.outputs[0]?.asset ?? "", ranges),
    )
  return {
    total: stepCount(plan),
    ended: 0,
    failed: 0,
    startedMs: nowMs,
    running: new Map(),
    computations,
    publishing: undefined,
  }
}

function untouchedOf(
  graph: Graph,
  name: string,
  ranges: readonly PartitionRange[],
): ComputationProgress {
  const asset = graph.assets.get(name)
  const planned = partitionCount(ranges)
  const [first] = ranges
  if (asset === undefined || first === undefined) return { ...untouched, planned }
  const only = planned === 1 ? partitionKey(asset.partitions, first.from) : undefined
  return { ...untouched, planned, noun: partitionNoun(asset.partitions), only }
}

/** A step's id in two: what it is listed under, the computation or the check of an asset, and the partition's key. */
export function stepParts(id: string): { readonly name: string; readonly key: string } {
  const [first = "", second = "", third] = id.split(" ", 3)
  const name = first === "check" && third !== undefined ? `${first} ${second}` : first
  return { name, key: id.slice(name.length + 1) }
}

/** The progress after one more event. */
export function afterEvent(progress: Progress, event: RunEvent, nowMs: number): Progress {
  switch (event.kind) {
    case "step_started": {
      const { name, key } = stepParts(event.step)
      const running = { computation: name, key, startedMs: nowMs, share: 0 }
      return { ...progress, running: new Map([...progress.running, [event.step, running]]) }
    }
    case "step_progress": {
      const known = progress.running.get(event.step)
      if (known === undefined) return progress
      const running = { ...known, share: event.share }
      return { ...progress, running: new Map([...progress.running, [event.step, running]]) }
    }
    case "step_ended":
      return afterStep(progress, event)
    case "publish_started":
      return { ...progress, publishing: `${event.set} ${event.partition}` }
    case "publish_ended":
      return { ...progress, publishing: undefined }
    case "run_started":
    case "run_ended":
      return progress
  }
}

type StepEnded = Extract<RunEvent, { kind: "step_ended" }>

function afterStep(progress: Progress, event: StepEnded): Progress {
  const running = new Map([...progress.running].filter(([id]) => id !== event.step))
  const { name } = stepParts(event.step)
  const known = progress.computations.get(name) ?? untouched
  const computations = new Map([...progress.computations, [name, added(known, event)]])
  const failed = progress.failed + (isBad(event.outcome) ? 1 : 0)
  return { ...progress, running, computations, failed, ended: progress.ended + 1 }
}

/** Whether a step did not give what it was to give. */
export function isBad({ kind }: StepOutcome): boolean {
  return kind === "failed" || kind === "refused" || kind === "skipped"
}

function added(known: ComputationProgress, event: StepEnded): ComputationProgress {
  const { kind } = event.outcome
  return {
    ...known,
    ended: known.ended + 1,
    rows: known.rows + event.rows,
    ms: known.ms + event.ms,
    outcomes: { ...known.outcomes, [kind]: (known.outcomes[kind] ?? 0) + 1 },
    quarantined: event.lineCounts.reduce((sum, line) => sum + line.quarantined, known.quarantined),
    failedChecks: known.failedChecks + event.checks.filter(({ passed }) => !passed).length,
  }
}
