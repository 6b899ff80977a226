import {
  assistRun,
  buildPlan,
  computeWorkVersion,
  countPartitions,
  type Evaluation,
  FreshetError,
  type Plan,
  type RunEvent,
  subtractRanges,
} from "@freshet/core/engine"
import type { LiveRun, RunProgress } from "@freshet/io"

import { claimLake } from "../lake-claim.ts"
import { planWithExistingFiles } from "../plan/missing-files.ts"
import { listPlannedTargets } from "../plan/run-targets.ts"
import type { Project, ProjectPlan } from "../project.ts"
import type { Services } from "../services.ts"
import { createRunExporter } from "./create-run-exporter.ts"
import { nameRun } from "./name-run.ts"
import { createEffects, requireRunLedger } from "./run-effects.ts"

/**
 * Executes steps of a live run of another process until it has no step for this process: all have ended, or this process
 * would not execute the plan of the run. Returns false if it had none. The run also ends for this process when the other
 * one ends it.
 */
export async function assistLiveRun(services: Services, run: LiveRun): Promise<boolean> {
  const lock = { mode: "shared", wait: false, cancellable: true } as const
  try {
    return await services.withProject({ lock, engine: "run" }, async (project) => {
      const projectPlan = await planAssistance(project, run)
      if (projectPlan === undefined || projectPlan.plan.work.length === 0) return false
      await executeWork(services, projectPlan, run.run)
      return true
    })
  } catch (error) {
    if (error instanceof FreshetError && endedCodes.includes(error.code)) return false
    throw error
  }
}

/** The codes of errors after which the run, or the project for the moment, has no step for this process. */
const endedCodes: readonly string[] = ["ledger", "busy"]

/**
 * Plans what is not fresh of the work of a run, from one state of the project. Undefined if the run is not executed like
 * that: it runs checks first, it repins, the process has other code, or files have landed or were lost since it planned.
 */
async function planAssistance(
  project: Project,
  { run, steps, codeVersion, command }: LiveRun,
): Promise<ProjectPlan | undefined> {
  const { evaluation, hash, ledger } = project
  const progress = await ledger.readRunProgress(run)
  if (progress === undefined || command.split(" ").includes("--repin")) return undefined
  const work = listPlannedWork(evaluation, progress)
  const count = work.reduce((sum, { ranges }) => sum + countPartitions(ranges), 0)
  if (count !== steps || computeWorkVersion(evaluation, { work }, { hash }) !== codeVersion)
    return undefined
  const projectPlan = await planWithExistingFiles(
    project,
    (current) => {
      const request = { targets: listPlannedTargets(current, progress), publish: false }
      return { plan: buildPlan(current.evaluation, request) }
    },
    "run",
  )
  return isPartOf(projectPlan.plan, progress) ? projectPlan : undefined
}

function listPlannedWork({ graph }: Evaluation, progress: RunProgress): Plan["work"] {
  return graph.computations.flatMap((computation) => {
    const ranges = progress.get(computation.name)?.planned ?? []
    return ranges.length === 0 ? [] : [{ computation, ranges }]
  })
}

/** Tests if a plan consists of work of a run only. */
function isPartOf({ checks, blocked, work }: Plan, progress: RunProgress): boolean {
  if (checks.length + blocked.length > 0) return false
  return work.every(({ computation, ranges }) => {
    const planned = progress.get(computation.name)?.planned ?? []
    return subtractRanges(ranges, planned).length === 0
  })
}

async function executeWork(
  services: Services,
  { project, plan }: ProjectPlan,
  run: string,
): Promise<void> {
  const { config, evaluation } = project
  const { joinRun, leaveRun } = requireRunLedger(project)
  await claimLake(project)
  await joinRun(run)
  services.emit({ kind: "run_joined", run })
  const exporter = createRunExporter(project, services.nowMs, run)
  const emitOfRun = nameRun(services.emit, run)
  const effects = createEffects(services, { project, plan }, (event: RunEvent) => {
    exporter.report(event)
    emitOfRun(event)
  })
  const { concurrency, pools } = config
  const assistance = { run, evaluation, work: plan.work }
  try {
    await assistRun(assistance, effects, { concurrency, pools, failFast: false })
  } finally {
    await exporter.close()
  }
  await leaveRun()
}
