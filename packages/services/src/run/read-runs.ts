import {
  countPartitions,
  formatPartitions,
  groupBy,
  joinRanges,
  subtractRanges,
} from "@freshet/core/engine"
import type { ComputationProgress, RecordedAttempt, StepOutcomeKind } from "@freshet/io"

import type {
  ComputationProgressDocument,
  RunDetailDocument,
  RunListDocument,
  RunRowDocument,
  StepRowDocument,
  WaitingStepDocument,
} from "../documents/runs.ts"
import { toIsoTime } from "../iso-time.ts"
import { createKeyFormatter, createRangeConverter } from "../partition-keys.ts"
import type { Project, RunDetail, RunRow, StepRow } from "../project.ts"
import type { Services } from "../services.ts"
import { unknownRunError } from "./find-run.ts"

/** Lists the latest runs. */
export async function listRuns(
  services: Services,
  { limit }: { readonly limit: number },
): Promise<RunListDocument> {
  return services.withProject({}, async ({ ledger, nowMs }) => {
    const runs = await ledger.listRuns(limit)
    return { now: toIsoTime(nowMs), runs: runs.map(toRunRowDocument) }
  })
}

/** Reads one run with its progress, its steps and its publications. */
export async function readRun(services: Services, id: string): Promise<RunDetailDocument> {
  return services.withProject({}, async (project) => {
    const run = await project.ledger.findRun(id)
    if (run === undefined) throw unknownRunError(id)
    return toRunDetailDocument(project, run)
  })
}

function toRunRowDocument(run: RunRow): RunRowDocument {
  return {
    id: run.id,
    command: run.command,
    kind: run.kind,
    outcome: run.outcome,
    requested_at: toOptionalTime(run.requestedMs),
    started_at: toIsoTime(run.startedMs),
    ended_at: toOptionalTime(run.endedMs),
    cancel_requested_at: toOptionalTime(run.cancelRequestedMs),
    steps: run.steps,
    materialized: run.materialized,
    unchanged: run.unchanged,
    failed: run.failed,
  }
}

function toOptionalTime(ms: number | undefined): string | null {
  return ms === undefined ? null : toIsoTime(ms)
}

function toRunDetailDocument(project: Project, run: RunDetail): RunDetailDocument {
  const attempts = groupBy(run.attempts, formatStepKey)
  return {
    ...toRunRowDocument(run),
    now: toIsoTime(project.nowMs),
    progress: [...run.progress].map(([computation, progress]) =>
      toProgressDocument(project, computation, progress),
    ),
    step_rows: run.stepRows.map((step) => toStepRowDocument(project, step, attempts)),
    waiting_steps: run.outcome === "running" ? listWaitingSteps(project, run, attempts) : [],
    publications: run.publications.map(({ partitionKey, ...publication }) => ({
      partition: partitionKey,
      ...publication,
    })),
  }
}

/** The outcomes in the order of a list: problems first. */
const orderedOutcomes = [
  "failed",
  "checks_failed",
  "skipped",
  "materialized",
  "reused",
  "unchanged",
  "checked",
] as const satisfies readonly StepOutcomeKind[]

function toProgressDocument(
  project: Project,
  computation: string,
  { planned, partitionsByOutcome }: ComputationProgress,
): ComputationProgressDocument {
  const asset = findFirstOutput(project, computation)
  const endedRanges = joinRanges(Object.values(partitionsByOutcome).flat())
  const groups = [
    ...orderedOutcomes.map((outcome) => ({
      outcome,
      ranges: partitionsByOutcome[outcome] ?? [],
    })),
    { outcome: "remaining" as const, ranges: subtractRanges(planned, endedRanges) },
  ]
  return {
    computation,
    planned: countPartitions(joinRanges([...planned, ...endedRanges])),
    ended: countPartitions(endedRanges),
    partitions: groups
      .filter(({ ranges }) => ranges.length > 0)
      .map(({ outcome, ranges }) => ({
        outcome,
        ranges: createRangeConverter(project)(asset, ranges),
        text: formatPartitions(project.graph, asset, ranges),
      })),
  }
}

function toStepRowDocument(
  project: Project,
  { computation, partition, outcome, message, rows, startedMs, ms }: StepRow,
  attempts: AttemptsByStep,
): StepRowDocument {
  const failedAttempts = attempts.get(formatStepKey({ computation, partition })) ?? []
  return {
    computation,
    outputs: listOutputs(project, computation),
    partition: formatPartition(project, computation, partition),
    outcome,
    message: message ?? null,
    rows,
    started_at: toIsoTime(startedMs),
    ms: Math.round(ms),
    failed_attempts: failedAttempts.map(toAttemptDocument),
  }
}

function toAttemptDocument({ message, startedMs, endedMs }: RecordedAttempt) {
  return { message, started_at: toIsoTime(startedMs), ms: Math.round(endedMs - startedMs) }
}

/** Lists the steps with a failed attempt that have not ended, by the end of their latest attempt. */
function listWaitingSteps(
  project: Project,
  { stepRows }: RunDetail,
  attempts: AttemptsByStep,
): readonly WaitingStepDocument[] {
  const endedSteps = new Set(stepRows.map(formatStepKey))
  const waitingSteps = [...attempts].flatMap(([key, failedAttempts]) => {
    const latest = failedAttempts.at(-1)
    return latest === undefined || endedSteps.has(key) ? [] : [{ latest, failedAttempts }]
  })
  return waitingSteps
    .toSorted((a, b) => a.latest.endedMs - b.latest.endedMs)
    .map(({ latest, failedAttempts }) => ({
      computation: latest.computation,
      partition: formatPartition(project, latest.computation, latest.partition),
      failed_attempts: failedAttempts.map(toAttemptDocument),
      next_attempt_at: toIsoTime(latest.nextMs),
    }))
}

/** Key of a step → its failed attempts, in the order of their ends. */
type AttemptsByStep = ReadonlyMap<string, readonly RecordedAttempt[]>

function formatStepKey({
  computation,
  partition,
}: Pick<StepRow, "computation" | "partition">): string {
  return `${computation} ${partition ?? ""}`
}

function formatPartition(
  project: Project,
  computation: string,
  partition: number | undefined,
): string | null {
  if (partition === undefined) return null
  return createKeyFormatter(project)(findFirstOutput(project, computation), partition)
}

function findFirstOutput({ graph }: Pick<Project, "graph">, computation: string): string {
  return listOutputs({ graph }, computation)[0] ?? ""
}

function listOutputs({ graph }: Pick<Project, "graph">, computation: string): readonly string[] {
  const outputs = graph.computations.find(({ name }) => name === computation)?.outputs ?? []
  return outputs.map(({ asset }) => asset)
}
