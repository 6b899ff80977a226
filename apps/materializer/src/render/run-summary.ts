import {
  type CheckResult,
  type LineCount,
  type RunEvent,
  type RunResult,
  type StepOutcome,
  type TableChange,
  stepCount,
} from "@freshet/core"

import type { RunReport } from "../project/project.ts"
import { stepParts } from "./progress.ts"
import { type FailedCheck, type Refusal, failedCheck, refusalOf } from "./refusal.ts"

/** What a run did, told once it is over. */
export interface RunSummary {
  readonly run: string
  readonly outcome: RunResult["outcome"]
  readonly ms: number
  readonly counts: Readonly<Record<StepOutcome["kind"], number>>
  /** Steps of the plan that never started. */
  readonly notStarted: number
  readonly rows: number
  readonly bad: readonly BadStep[]
  readonly lineCounts: readonly LineCount[]
  readonly failedChecks: readonly (FailedCheck & { readonly step: string })[]
  readonly publications: readonly PublicationSummary[]
}

/** A step that gave no rows, and what checks refused of it. */
export interface BadStep {
  readonly step: string
  readonly outcome: StepOutcome
  readonly refusal: Refusal | undefined
}

/** What became of one publication set. */
export interface PublicationSummary {
  readonly set: string
  readonly key: string
  readonly changes: readonly TableChange[]
  readonly error: string | undefined
}

type Ran = Extract<RunReport, { kind: "ran" }>
type StepEnded = Extract<RunEvent, { kind: "step_ended" }>

/** The summary of a run from how its steps ended and its result. */
export function runSummary(
  report: Ran,
  ended: readonly StepEnded[],
  ms: number,
  pathsOf: (keys: readonly string[]) => readonly string[],
): RunSummary {
  const { project, plan, result } = report
  return {
    run: result.run,
    outcome: result.outcome,
    ms,
    counts: outcomeCounts(result),
    notStarted: stepCount(plan) - result.steps.size,
    rows: ended.reduce((sum, { outcome, rows }) => sum + (outcome.kind === "made" ? rows : 0), 0),
    bad: badSteps(report, ended, pathsOf),
    lineCounts: bySource(ended.flatMap(({ lineCounts }) => lineCounts)),
    failedChecks: ended.flatMap(({ step, checks }) =>
      failed(checks).map((check) => ({ ...failedCheck(project.graph, check), step })),
    ),
    publications: result.publications,
  }
}

function outcomeCounts({ steps }: RunResult): RunSummary["counts"] {
  const none = { made: 0, reused: 0, unchanged: 0, checked: 0 }
  const counts = { ...none, refused: 0, failed: 0, skipped: 0 }
  for (const { kind } of steps.values()) counts[kind] += 1
  return counts
}

function failed(checks: readonly CheckResult[]): readonly CheckResult[] {
  return checks.filter(({ passed }) => !passed)
}

function badSteps(
  { project, result }: Ran,
  ended: readonly StepEnded[],
  pathsOf: (keys: readonly string[]) => readonly string[],
): readonly BadStep[] {
  return [...result.steps].flatMap(([step, outcome]): readonly BadStep[] => {
    if (outcome.kind === "failed") return [{ step, outcome, refusal: undefined }]
    if (outcome.kind !== "refused") return []
    const { key } = stepParts(step)
    const checks = ended.find((event) => event.step === step)?.checks ?? []
    const refusal = refusalOf(project.graph, key, checks, pathsOf(outcome.kept))
    return [{ step, outcome, refusal }]
  })
}

function bySource(counts: readonly LineCount[]): readonly LineCount[] {
  const totals = new Map<string, LineCount>()
  for (const each of counts) {
    const known = totals.get(each.source)
    totals.set(each.source, known === undefined ? each : addedCounts(known, each))
  }
  return [...totals.values()]
}

function addedCounts(left: LineCount, right: LineCount): LineCount {
  const reasons = new Map<string, number>()
  for (const { reason, lines } of [...left.reasons, ...right.reasons])
    reasons.set(reason, (reasons.get(reason) ?? 0) + lines)
  return {
    source: left.source,
    lines: left.lines + right.lines,
    rows: left.rows + right.rows,
    quarantined: left.quarantined + right.quarantined,
    reasons: [...reasons].map(([reason, lines]) => ({ reason, lines })),
    file: undefined,
  }
}
