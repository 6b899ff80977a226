import type { Graph } from "@freshet/core"
import {
  findRuns,
  type LedgerClient,
  readCheckedRows,
  readPredictions,
  readPublications,
  readQuarantinedLines,
  readQuarantineFiles,
  readRunProgress,
  readRuns,
  readSteps,
  type RecordedRun,
  type RecordedStep,
} from "@freshet/io"

import type { History, RunDetail, RunRow, StepRow } from "./project.ts"

/** What the ledger remembers, through a connection that must outlive it. */
export function readHistory(client: LedgerClient, graph: Graph): History {
  return {
    checked: (rows) => readCheckedRows(client, graph, rows),
    quarantined: () => readQuarantinedLines(client),
    quarantineFiles: (wanted) => readQuarantineFiles(client, graph, wanted),
    predictions: (computations) => readPredictions(client, graph, computations),
    runs: async (limit) => (await readRuns(client, limit)).map(runRow),
    findRun: async (id) => {
      const [run, ...others] = await findRuns(client, id)
      return run === undefined || others.length > 0 ? undefined : runDetail(client, graph, run)
    },
  }
}

/** A run as lists show it. */
export function runRow(run: RecordedRun): RunRow {
  const { id, command, startedMs, endedMs, cancelRequestedMs, steps, ended } = run
  return {
    id,
    command,
    outcome: run.outcome ?? "running",
    startedMs,
    endedMs,
    cancelRequestedMs,
    steps,
    made: (ended.made ?? 0) + (ended.reused ?? 0),
    failed: (ended.failed ?? 0) + (ended.refused ?? 0),
  }
}

async function runDetail(client: LedgerClient, graph: Graph, run: RecordedRun): Promise<RunDetail> {
  const stepRows = (await readSteps(client, graph, run.id)).map(stepRow)
  const publications = (await readPublications(client, run.id)).map(({ changes, ...rest }) => ({
    ...rest,
    inserted: changes.reduce((sum, { inserted }) => sum + inserted, 0),
    updated: changes.reduce((sum, { updated }) => sum + updated, 0),
    deleted: changes.reduce((sum, { deleted }) => sum + deleted, 0),
  }))
  const progress = (await readRunProgress(client, graph, run.id)) ?? new Map()
  return { ...runRow(run), progress, stepRows, publications }
}

function stepRow(step: RecordedStep): StepRow {
  const { computation, partition, outcome, message, rows, startedMs, endedMs } = step
  return { computation, partition, outcome, message, rows, ms: endedMs - startedMs }
}
