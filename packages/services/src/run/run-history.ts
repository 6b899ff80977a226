import {
  type LedgerClient,
  type LedgerNames,
  readAttempts,
  readPublications,
  readRunProgress,
  readSteps,
  type RecordedRun,
  type RecordedStep,
} from "@freshet/io"

import type { RunDetail, RunRow, StepRow } from "../project.ts"

/** Converts a recorded run to a row of a list. */
export function toRunRow(run: RecordedRun): RunRow {
  const {
    id,
    command,
    kind,
    requestedMs,
    startedMs,
    endedMs,
    cancelRequestedMs,
    steps,
    stepsByOutcome,
  } = run
  return {
    id,
    command,
    kind,
    outcome: run.outcome ?? "running",
    requestedMs,
    startedMs,
    endedMs,
    cancelRequestedMs,
    steps,
    materialized: (stepsByOutcome.materialized ?? 0) + (stepsByOutcome.reused ?? 0),
    unchanged: (stepsByOutcome.unchanged ?? 0) + (stepsByOutcome.checked ?? 0),
    failed: (stepsByOutcome.failed ?? 0) + (stepsByOutcome.checks_failed ?? 0),
  }
}

/** Reads a run with its progress, steps and publications. */
export async function readRunDetail(
  client: LedgerClient,
  names: LedgerNames,
  run: RecordedRun,
): Promise<RunDetail> {
  const stepRows = (await readSteps(client, names, run.id)).map(toStepRow)
  const publications = (await readPublications(client, run.id)).map(
    ({ changes, ...publication }) => ({
      ...publication,
      inserted: changes.reduce((sum, { inserted }) => sum + inserted, 0),
      updated: changes.reduce((sum, { updated }) => sum + updated, 0),
      deleted: changes.reduce((sum, { deleted }) => sum + deleted, 0),
    }),
  )
  const progress = (await readRunProgress(client, names, run.id)) ?? new Map()
  const attempts = await readAttempts(client, names, run.id)
  return { ...toRunRow(run), progress, stepRows, attempts, publications }
}

function toStepRow(step: RecordedStep): StepRow {
  const { computation, partition, outcome, message, rows, startedMs, endedMs } = step
  return { computation, partition, outcome, message, rows, startedMs, ms: endedMs - startedMs }
}
