import {
  assistRun,
  computeWorkVersion,
  countPartitions,
  type Evaluation,
  FreshetError,
  type PartitionRange,
  type Plan,
  subtractRanges,
} from "@freshet/core/engine"
import type { ComputationProgress, LiveRun, RunProgress } from "@freshet/io"

import { claimLake } from "../lake-claim.ts"
import type { Project } from "../project.ts"
import type { Services } from "../services.ts"
import { createEffects, requireRunLedger } from "./run-effects.ts"

/**
 * Executes steps of a live run of another process until it has no step for this process: all have ended, or the process
 * has other code. Returns false if it had none. The run also ends for this process when the other one ends it.
 */
export async function assistLiveRun(services: Services, run: LiveRun): Promise<boolean> {
  const lock = { mode: "shared", wait: false, cancellable: true } as const
  try {
    return await services.withProject({ lock, engine: "run" }, async (project) => {
      const work = await findAssistableWork(project, run)
      if (work.length > 0) await executeWork(services, project, { run: run.run, work })
      return work.length > 0
    })
  } catch (error) {
    if (error instanceof FreshetError && endedCodes.includes(error.code)) return false
    throw error
  }
}

/** The codes of errors after which the run, or the project for the moment, has no step for this process. */
const endedCodes: readonly string[] = ["ledger", "busy"]

/** Finds the partitions of a run that have not succeeded; none if this process cannot compute them as the run would. */
async function findAssistableWork(
  { evaluation, hash, ledger }: Project,
  { run, steps, codeVersion, command }: LiveRun,
): Promise<Plan["work"]> {
  const progress = await ledger.readRunProgress(run)
  if (progress === undefined) return []
  const planned = listWork(evaluation, progress, (computation) => computation.planned)
  const count = planned.reduce((sum, { ranges }) => sum + countPartitions(ranges), 0)
  const hasOtherSteps = count !== steps || command.split(" ").includes("--repin")
  if (hasOtherSteps || computeWorkVersion(evaluation, { work: planned }, { hash }) !== codeVersion)
    return []
  return listWork(evaluation, progress, subtractSucceeded)
}

function listWork(
  { graph }: Evaluation,
  progress: RunProgress,
  select: (computation: ComputationProgress) => readonly PartitionRange[],
): Plan["work"] {
  return graph.computations.flatMap((computation) => {
    const computationProgress = progress.get(computation.name)
    const ranges = computationProgress === undefined ? [] : select(computationProgress)
    return ranges.length === 0 ? [] : [{ computation, ranges }]
  })
}

/** Failed partitions remain: what they block is known only from them. */
function subtractSucceeded({
  planned,
  partitionsByOutcome,
}: ComputationProgress): readonly PartitionRange[] {
  const { materialized = [], reused = [], unchanged = [], checked = [] } = partitionsByOutcome
  return [materialized, reused, unchanged, checked].reduce(subtractRanges, planned)
}

async function executeWork(
  services: Services,
  project: Project,
  { run, work }: { readonly run: string; readonly work: Plan["work"] },
): Promise<void> {
  const { config, evaluation } = project
  const { joinRun, leaveRun } = requireRunLedger(project)
  await claimLake(project)
  await joinRun(run)
  services.emit({ kind: "run_joined", run })
  const effects = createEffects(services, { project, plan: { work } }, services.emit)
  const { concurrency, pools } = config
  await assistRun({ run, evaluation, work }, effects, { concurrency, pools, failFast: false })
  await leaveRun()
}
