import {
  type Effects,
  execute,
  getOutputs,
  isInRanges,
  type Ledger,
  type Plan,
  type PartitionRange,
  type Problem,
  ProblemsError,
  type RunResult,
} from "@freshet/core/engine"

import { claimLake } from "../lake-claim.ts"
import { planWithExistingFiles } from "../plan/missing-files.ts"
import type { Project, ProjectPlan } from "../project.ts"
import type { Services } from "../services.ts"

/** A plan to make and execute. */
export interface RunPlanRequest {
  /** The command under which the run is recorded. */
  readonly command: string
  readonly failFast: boolean
  readonly wait: boolean
  readonly concurrency: number | undefined
  /** Plans from the state under the run lock; called again when files are missing. */
  readonly makePlan: (project: Project) => Plan
  readonly onPlan: (projectPlan: ProjectPlan) => void
}

/** The result of `runPlan`: an empty plan, or an executed one. */
export type RunReport = NothingToDo | ExecutedRun

/** An empty plan. */
export interface NothingToDo extends ProjectPlan {
  readonly kind: "nothing"
}

/** An executed plan with its result. */
export interface ExecutedRun extends ProjectPlan {
  readonly kind: "ran"
  readonly result: RunResult
}

/** Holds the run lock, plans from the state that is true then, and executes the plan. */
export async function runPlan(services: Services, request: RunPlanRequest): Promise<RunReport> {
  const { wait, concurrency } = request
  const lock = { wait, cancellable: true }
  return services.withProject({ lock, engine: "run", concurrency }, (project) =>
    planAndExecute(services, project, request),
  )
}

/** Requires that there is a landing zone. Partitions with unusable files only block what reads them. */
function requireLanding({ warnings }: Project): void {
  throwIfAny(warnings, ["landing_missing"])
}

/** Requires that the content of every partition in the landing zone is known. */
export function requireCertainLanding({ warnings }: Project): void {
  throwIfAny(warnings, ["landing_missing", "landing_twice", "landing_unreadable"])
}

function throwIfAny(warnings: readonly Problem[], kinds: readonly string[]): void {
  const problems = warnings.filter(({ kind }) => kinds.includes(kind))
  if (problems.length > 0) throw new ProblemsError("input", problems)
}

async function planAndExecute(
  services: Services,
  project: Project,
  request: RunPlanRequest,
): Promise<RunReport> {
  requireLanding(project)
  const projectPlan = await planWithExistingFiles(project, request.makePlan, "run")
  request.onPlan(projectPlan)
  const { checks, work, publications } = projectPlan.plan
  if (checks.length + work.length + publications.length === 0)
    return { kind: "nothing", ...projectPlan }
  return executePlan(services, projectPlan, request)
}

async function executePlan(
  { emit, newRunId, nowMs }: Services,
  projectPlan: ProjectPlan,
  { command, failFast }: RunPlanRequest,
): Promise<ExecutedRun> {
  const { project, plan } = projectPlan
  const { config, hash, signal, store } = project
  const { engine, publisher } = project.runtime()
  await claimLake(project)
  await store.removeTemp()
  const effects: Effects = {
    nowMs,
    hash,
    newId: newRunId,
    engine,
    ledger: createLedgerWithoutMissingFiles(projectPlan),
    publisher,
    emit,
    signal,
  }
  const { concurrency } = config
  const options = { command, concurrency, failFast }
  const result = await execute(project.evaluation, plan, effects, options)
  return { kind: "ran", ...projectPlan, result }
}

/** What was made earlier of a partition that is to be made counts again only while its files are there. */
function createLedgerWithoutMissingFiles({ project, plan }: ProjectPlan): Ledger {
  const { graph, runLedger: ledger, store } = project
  if (ledger === undefined) throw new Error("a run needs the run lock")
  const plannedRanges = new Map<string, readonly PartitionRange[]>()
  for (const { computation, ranges } of plan.work)
    for (const { name } of getOutputs(graph, computation)) plannedRanges.set(name, ranges)
  return {
    ...ledger,
    readMaterializations: async (ranges) => {
      const records = await ledger.readMaterializations(ranges)
      const existence = await Promise.all(
        records.map(
          async ({ asset, partition, file }) =>
            !isInRanges(plannedRanges.get(asset) ?? [], partition) || (await store.exists(file)),
        ),
      )
      return records.filter((_, at) => existence[at] === true)
    },
  }
}
