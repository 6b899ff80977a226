import {
  countSteps,
  type LineCount,
  type RunResult,
  type StepEndedEvent,
  type StepOutcome,
} from "@freshet/core/engine"

import type {
  LineCountDocument,
  PublicationDocument,
  RunDocument,
  RunStepDocument,
} from "../documents/run.ts"
import type { RequestedPlan } from "../plan/make-plan.ts"
import { createRemainingDocument } from "../plan/plan-document.ts"
import type { Project } from "../project.ts"
import { toFailedCheckDocument, toFailedPartitionDocument } from "../status/failed-partition.ts"

/** An executed plan, its result and the ends of its steps by id. */
export interface ExecutedRun {
  readonly requestedPlan: RequestedPlan
  readonly result: RunResult
  readonly endedSteps: ReadonlyMap<string, StepEndedEvent>
  readonly ms: number
}

const emptyCounts: RunDocument["counts"] = {
  materialized: 0,
  reused: 0,
  unchanged: 0,
  checked: 0,
  checks_failed: 0,
  failed: 0,
  skipped: 0,
  not_started: 0,
}

/** Describes a run without steps. */
export function createEmptyRunDocument(remaining: RunDocument["remaining"]): RunDocument {
  return {
    run: null,
    outcome: "nothing",
    ms: 0,
    rows: 0,
    counts: emptyCounts,
    steps: [],
    line_counts: [],
    failed_checks: [],
    publications: [],
    remaining,
    impact: null,
  }
}

/** Describes an executed run. */
export function createRunDocument(
  { requestedPlan, result, endedSteps, ms }: ExecutedRun,
  command: string,
): RunDocument {
  const { project, plan } = requestedPlan
  const events = [...endedSteps.values()]
  return {
    ...createEmptyRunDocument(
      createRemainingDocument(requestedPlan, command, result.outcome === "succeeded"),
    ),
    run: result.run,
    outcome: result.outcome,
    ms: Math.round(ms),
    rows: sumRows(events),
    counts: countOutcomes(result, countSteps(plan)),
    steps: [...result.steps].map(([step, outcome]) =>
      toStepDocument(project, { step, outcome, event: endedSteps.get(step) }),
    ),
    line_counts: sumBySource(events.flatMap(({ lineCounts }) => lineCounts)),
    failed_checks: events.flatMap(({ step, checks }) =>
      checks
        .filter(({ passed }) => !passed)
        .map((check) => ({ ...toFailedCheckDocument(project.graph, check), step })),
    ),
    publications: result.publications.map(toPublicationDocument),
  }
}

function sumRows(events: readonly StepEndedEvent[]): number {
  return events.reduce(
    (sum, { outcome, rows }) => sum + (outcome.kind === "materialized" ? rows : 0),
    0,
  )
}

function countOutcomes({ steps }: RunResult, planned: number): RunDocument["counts"] {
  const counts = { ...emptyCounts, not_started: planned - steps.size }
  for (const { kind } of steps.values()) counts[kind] += 1
  return counts
}

function toStepDocument(
  project: Project,
  {
    step,
    outcome,
    event,
  }: {
    readonly step: string
    readonly outcome: StepOutcome
    readonly event: StepEndedEvent | undefined
  },
): RunStepDocument {
  return {
    kind: event?.check === undefined ? "materialize" : "check",
    step,
    computation: event?.computation ?? step,
    partition: event?.partition ?? "",
    outcome: outcome.kind,
    attempts: outcome.kind === "skipped" ? 0 : (event?.attempts ?? 1),
    message: outcome.kind === "failed" ? outcome.message : null,
    hint: outcome.kind === "failed" ? (outcome.hint ?? null) : null,
    blocker: outcome.kind === "skipped" ? outcome.blocker : null,
    failed_partition:
      outcome.kind === "checks_failed" && event !== undefined
        ? describeFailedChecks(project, event, outcome.failedFiles)
        : null,
  }
}

function describeFailedChecks(
  { graph, store }: Project,
  { computation: asset, partition, checks: results }: StepEndedEvent,
  failedFiles: readonly string[],
) {
  const failedRowFiles = failedFiles.map((key) => store.locate(key))
  return toFailedPartitionDocument(graph, { asset, partition, results, failedRowFiles })
}

function toPublicationDocument({
  set,
  key,
  withdrawn,
  changes,
  error,
}: RunResult["publications"][number]): PublicationDocument {
  return { set, partition: key, withdrawn, changes, error: error ?? null }
}

function sumBySource(counts: readonly LineCount[]): readonly LineCountDocument[] {
  const totals = new Map<string, LineCountDocument>()
  for (const { source, lines, rows, quarantined, reasons } of counts) {
    const total = totals.get(source)
    totals.set(source, {
      source,
      lines: (total?.lines ?? 0) + lines,
      rows: (total?.rows ?? 0) + rows,
      quarantined: (total?.quarantined ?? 0) + quarantined,
      reasons: addReasons(total?.reasons ?? [], reasons),
    })
  }
  return [...totals.values()]
}

function addReasons(
  first: LineCountDocument["reasons"],
  second: LineCountDocument["reasons"],
): LineCountDocument["reasons"] {
  const totals = new Map<string, number>()
  for (const { reason, lines } of [...first, ...second])
    totals.set(reason, (totals.get(reason) ?? 0) + lines)
  return [...totals].map(([reason, lines]) => ({ reason, lines }))
}
