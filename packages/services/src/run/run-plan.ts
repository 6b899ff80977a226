import { randomUUID } from "node:crypto"
import { rm } from "node:fs/promises"
import { join } from "node:path"

import {
  type Effects,
  execute,
  getOutputs,
  type Graph,
  isInRanges,
  type Ledger,
  type PartitionRange,
  type Problem,
  ProblemsError,
} from "@freshet/core/engine"
import { withPostgres } from "@freshet/embedded-postgres"
import type { RunLedger, Store } from "@freshet/io"

import type { Config } from "../config.ts"
import { hash } from "../hash.ts"
import { claimLake } from "../lake-claim.ts"
import { buildDeclaredGraph, readProject } from "../open-project.ts"
import { planWithExistingFiles } from "../plan/missing-files.ts"
import type { ProjectPlan, Project, ExecutedRun, RunReport, RunPlanRequest } from "../project.ts"
import { withRunLock } from "../run-lock.ts"
import { type Runtime, withRuntime } from "../runtime.ts"

/**
 * Takes the right to run, plans from the state that is true then, and performs the plan.
 * Nothing of the engine is loaded when there is nothing to do.
 */
export async function runPlan(
  config: Config,
  supervisorCommand: readonly string[],
  request: RunPlanRequest,
): Promise<RunReport> {
  const graph = buildDeclaredGraph(config)
  const { databaseUrl, home } = config
  return withPostgres({ databaseUrl, home, supervisorCommand }, async (url) => {
    return withRunLock({ url, graph }, request, ({ runLedger, signal }) =>
      withSpillFolder(config, (spillFolder) =>
        withRuntime(
          config,
          { signal, url, reportsProgress: request.reportsProgress, spillFolder },
          (runtime) =>
            planAndExecute({ config, graph, runLedger, runtime }, { ...request, signal }),
        ),
      ),
    )
  })
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

interface RunContext {
  readonly config: Config
  readonly graph: Graph
  readonly runLedger: RunLedger
  readonly runtime: Runtime
}

async function planAndExecute(context: RunContext, request: RunPlanRequest): Promise<RunReport> {
  const { config, graph, runLedger, runtime } = context
  const project = await readProject(config, graph, runLedger.client, runtime.engine)
  requireLanding(project)
  const projectPlan = await planWithExistingFiles(project, request.makePlan, "run")
  request.onPlan(projectPlan)
  const { checks, work, publications } = projectPlan.plan
  if (checks.length + work.length + publications.length === 0)
    return { kind: "nothing", ...projectPlan }
  return executePlan(context, projectPlan, request)
}

async function executePlan(
  { config, runLedger, runtime: { engine, publisher, store } }: RunContext,
  projectPlan: ProjectPlan,
  { command, emitEvent, signal, failFast }: RunPlanRequest,
): Promise<ExecutedRun> {
  await claimLake({ store, client: runLedger.client })
  await store.removeTemp()
  const effects: Effects = {
    nowMs: Date.now,
    hash,
    newId: () => newRunId(new Date()),
    engine,
    ledger: createLedgerWithoutMissingFiles(runLedger.ledger, store, projectPlan),
    publisher,
    emit: emitEvent,
    signal,
  }
  const { concurrency } = config
  const result = await execute(projectPlan.project.evaluation, projectPlan.plan, effects, {
    command,
    concurrency,
    failFast,
  })
  return { kind: "ran", ...projectPlan, result }
}

/** What was made earlier of a partition that is to be made counts again only while its files are there. */
function createLedgerWithoutMissingFiles(
  ledger: Ledger,
  store: Store,
  { project, plan }: ProjectPlan,
): Ledger {
  const plannedRanges = new Map<string, readonly PartitionRange[]>()
  for (const { computation, ranges } of plan.work)
    for (const { name } of getOutputs(project.graph, computation)) plannedRanges.set(name, ranges)
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

/** Runs spill into a folder of their own: who holds the right to run may remove what killed ones left there. */
async function withSpillFolder<T>(
  { home }: Config,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = join(home, "spill", "run")
  const remove = () => rm(folder, { recursive: true, force: true })
  await remove()
  try {
    return await work(folder)
  } finally {
    await remove()
  }
}

/** Sorts by time and can be typed: `20260105-071502-3f9a1c`. */
function newRunId(now: Date): string {
  const [day, time] = now.toISOString().replaceAll(/[-:]/g, "").slice(0, 15).split("T")
  return `${day}-${time}-${randomUUID().slice(0, 6)}`
}
