import {
  type Effects,
  getOutputs,
  isInRanges,
  type Ledger,
  type PartitionRange,
  type Plan,
  type RunEvent,
} from "@freshet/core/engine"

import type { Project, RunRecorder } from "../project.ts"
import type { Services } from "../services.ts"
import { startTimer } from "./timer.ts"

/** A project that is open with the run lock, and the planned work. */
interface PlannedWork {
  readonly project: Project
  readonly plan: Pick<Plan, "work">
}

/** Creates the effects of a run over the engine, the ledger and the publisher of a project. */
export function createEffects(
  { nowMs, newRunId }: Services,
  { project, plan }: PlannedWork,
  emit: (event: RunEvent) => void,
): Effects {
  const { hash, signal } = project
  const { engine, publisher } = project.runtime()
  const { ledger } = requireRunLedger(project)
  return {
    nowMs,
    startTimer: (ms) => startTimer(ms, signal),
    random: Math.random,
    hash,
    newId: newRunId,
    engine,
    ledger: createLedgerWithoutMissingFiles({ project, plan }, ledger),
    publisher,
    emit,
    signal,
  }
}

/** Returns the ledger of the run; the project must be open with the run lock. */
export function requireRunLedger({ runLedger }: Project): RunRecorder {
  if (runLedger === undefined) throw new Error("a run needs the run lock")
  return runLedger
}

/** Hides the materializations of planned partitions whose files are missing or damaged, so that they are not reused. */
function createLedgerWithoutMissingFiles({ project, plan }: PlannedWork, ledger: Ledger): Ledger {
  const { files, graph } = project
  const plannedRanges = new Map<string, readonly PartitionRange[]>()
  for (const { computation, ranges } of plan.work)
    for (const { name } of getOutputs(graph, computation)) plannedRanges.set(name, ranges)
  return {
    ...ledger,
    readMaterializations: async (ranges) => {
      const records = files.remember(await ledger.readMaterializations(ranges))
      const plannedRecords = records.filter(({ asset, partition }) =>
        isInRanges(plannedRanges.get(asset) ?? [], partition),
      )
      const states = await files.check(plannedRecords)
      const lostRecords = new Set(plannedRecords.filter((_, at) => states[at] !== "intact"))
      return records.filter((record) => !lostRecords.has(record))
    },
  }
}
