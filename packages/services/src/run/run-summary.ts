import {
  type CheckResult,
  countSteps,
  type LineCount,
  type RunEvent,
  type RunResult,
  type StepOutcome,
  type TableChange,
} from "@freshet/core/engine"

import type { FailedCheckDocument, FailedPartitionDocument } from "../documents/failed-checks.ts"
import { toFailedCheckDocument, toFailedPartitionDocument } from "../status/failed-partition.ts"
import type { RunReport } from "./run-plan.ts"
import { parseStepId } from "./run-progress.ts"

/** What a run did, told once it is over. */
export interface RunSummary {
  readonly run: string
  readonly outcome: RunResult["outcome"]
  readonly ms: number
  readonly counts: Readonly<Record<StepOutcome["kind"], number>>
  /** Steps of the plan that never started. */
  readonly notStarted: number
  readonly rows: number
  readonly failedSteps: readonly FailedStep[]
  readonly lineCounts: readonly LineCount[]
  readonly failedChecks: readonly (FailedCheckDocument & { readonly step: string })[]
  readonly publications: readonly PublicationSummary[]
}

/** A step that gave no rows, and what checks refused of it. */
export interface FailedStep {
  readonly step: string
  readonly outcome: StepOutcome
  readonly failedPartition: FailedPartitionDocument | undefined
}

/** What became of one publication set. */
export interface PublicationSummary {
  readonly set: string
  readonly key: string
  readonly changes: readonly TableChange[]
  readonly error: string | undefined
}

type ExecutedRun = Extract<RunReport, { kind: "ran" }>
type StepEndedEvent = Extract<RunEvent, { kind: "step_ended" }>

/** The summary of a run from how its steps ended and its result. */
export function summarizeRun(
  report: ExecutedRun,
  stepEvents: readonly StepEndedEvent[],
  ms: number,
): RunSummary {
  const { project, plan, result } = report
  return {
    run: result.run,
    outcome: result.outcome,
    ms,
    counts: countOutcomes(result),
    notStarted: countSteps(plan) - result.steps.size,
    rows: stepEvents.reduce(
      (sum, { outcome, rows }) => sum + (outcome.kind === "materialized" ? rows : 0),
      0,
    ),
    failedSteps: listFailedSteps(report, stepEvents),
    lineCounts: sumBySource(stepEvents.flatMap(({ lineCounts }) => lineCounts)),
    failedChecks: stepEvents.flatMap(({ step, checks }) =>
      listFailedChecks(checks).map((check) => ({
        ...toFailedCheckDocument(project.graph, check),
        step,
      })),
    ),
    publications: result.publications,
  }
}

function countOutcomes({ steps }: RunResult): RunSummary["counts"] {
  const successCounts = { materialized: 0, reused: 0, unchanged: 0, checked: 0 }
  const counts = { ...successCounts, checks_failed: 0, failed: 0, skipped: 0 }
  for (const { kind } of steps.values()) counts[kind] += 1
  return counts
}

function listFailedChecks(checks: readonly CheckResult[]): readonly CheckResult[] {
  return checks.filter(({ passed }) => !passed)
}

function listFailedSteps(
  { project, result }: ExecutedRun,
  stepEvents: readonly StepEndedEvent[],
): readonly FailedStep[] {
  return [...result.steps].flatMap(([step, outcome]): readonly FailedStep[] => {
    if (outcome.kind === "failed") return [{ step, outcome, failedPartition: undefined }]
    if (outcome.kind !== "checks_failed") return []
    const { name, key } = parseStepId(step)
    const results = stepEvents.find((event) => event.step === step)?.checks ?? []
    const failedRowFiles = outcome.failedFiles.map((file) => project.store.locate(file))
    const partition = { asset: name, partition: key, results, failedRowFiles }
    const failedPartition = toFailedPartitionDocument(project.graph, partition)
    return [{ step, outcome, failedPartition }]
  })
}

function sumBySource(counts: readonly LineCount[]): readonly LineCount[] {
  const totals = new Map<string, LineCount>()
  for (const lineCount of counts) {
    const total = totals.get(lineCount.source)
    totals.set(lineCount.source, total === undefined ? lineCount : addLineCounts(total, lineCount))
  }
  return [...totals.values()]
}

function addLineCounts(first: LineCount, second: LineCount): LineCount {
  const reasons = new Map<string, number>()
  for (const { reason, lines } of [...first.reasons, ...second.reasons])
    reasons.set(reason, (reasons.get(reason) ?? 0) + lines)
  return {
    source: first.source,
    lines: first.lines + second.lines,
    rows: first.rows + second.rows,
    quarantined: first.quarantined + second.quarantined,
    reasons: [...reasons].map(([reason, lines]) => ({ reason, lines })),
    file: undefined,
  }
}
