import {
  type RunEffects,
  type Evaluation,
  execute,
  getAsset,
  groupBy,
  type Problem,
  ProblemsError,
  type RunEvent,
  type StepEndedEvent,
} from "@freshet/core/engine"

import type { AssetPartition } from "../asset-partitions.ts"
import type { PlanDocument } from "../documents/plan.ts"
import type { RunDocument } from "../documents/run.ts"
import { claimLake } from "../lake-claim.ts"
import { makePlan, type RequestedPlan } from "../plan/make-plan.ts"
import { createPlanDocument } from "../plan/plan-document.ts"
import type { Project } from "../project.ts"
import type { Services } from "../services.ts"
import { createRunExporter } from "./create-run-exporter.ts"
import { nameRun } from "./name-run.ts"
import { readImpact } from "./read-impact.ts"
import { createEmptyRunDocument, createRunDocument, type ExecutedRun } from "./run-document.ts"
import { createEffects, requireRunLedger } from "./run-effects.ts"
import { getRunKind, type RunRequest } from "./run-request.ts"

/** Decides how a request is executed. */
export interface ExecuteOptions {
  readonly failFast: boolean
  /** The time from which the request was to start; undefined for the present. */
  readonly requestedMs?: number | undefined
  /** False: a run in progress is an error. */
  readonly wait: boolean
  readonly concurrency?: number | undefined
  /** Executes nothing when a range names more partitions than this. */
  readonly confirmAbove?: number | undefined
}

/** An executed request, or the plan of one that needs a confirmation. */
export type ExecuteResult =
  | { readonly kind: "executed"; readonly run: RunDocument }
  | { readonly kind: "unconfirmed"; readonly plan: PlanDocument }

/** Plans a request and executes the plan. Other runs may be under way: each partition is materialized by one of them. */
export async function executeRun(
  services: Services,
  request: RunRequest,
  options: ExecuteOptions,
): Promise<ExecuteResult> {
  const { wait, concurrency } = options
  const lock = { mode: "shared", wait, cancellable: true } as const
  return services.withProject({ lock, engine: "run", concurrency }, (project) =>
    planAndExecute(services, project, { ...request, ...options }),
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

/** Plans a request in a project that holds the run lock, and executes the plan. */
export async function planAndExecute(
  services: Services,
  initialProject: Project,
  request: RunRequest & ExecuteOptions,
): Promise<ExecuteResult> {
  const { command, target, confirmAbove = Infinity } = request
  requireLanding(initialProject)
  const requestedPlan = await makePlan(initialProject, target, "run")
  const planDocument = await createPlanDocument(requestedPlan, command)
  const { step_count: steps, requested_count: requested, publications } = planDocument
  if (steps > 0 && requested > confirmAbove) return { kind: "unconfirmed", plan: planDocument }
  services.emit({ kind: "run_planned", plan: planDocument })
  if (steps + publications.length === 0)
    return { kind: "executed", run: createEmptyRunDocument(omitUnrequested(planDocument)) }
  await checkPublishedTables(requestedPlan)
  const executedRun = await executePlan(services, requestedPlan, request)
  const run = createRunDocument(executedRun, command)
  const impact = target.kind === "backfill" ? await readImpact(requestedPlan, target) : null
  return { kind: "executed", run: { ...run, impact } }
}

/** Requires that the tables to publish are as they are declared, before anything is computed. */
async function checkPublishedTables({ project, plan }: RequestedPlan): Promise<void> {
  const tables = plan.publications.flatMap((publication) =>
    publication.tables.flatMap(({ asset }) =>
      asset.publish === undefined ? [] : [{ asset, publish: asset.publish }],
    ),
  )
  await project.runtime().publisher.check(tables)
}

/** Leaves out fresh partitions, and assets that wait for files and that the request does not name. */
function omitUnrequested(plan: PlanDocument): PlanDocument {
  const isIncluded = plan.is_blocked || plan.targets.length === 0
  return { ...plan, skipped: [], not_landed: isIncluded ? plan.not_landed : [] }
}

async function executePlan(
  services: Services,
  requestedPlan: RequestedPlan,
  { command, target, failFast, requestedMs }: RunRequest & ExecuteOptions,
): Promise<ExecutedRun> {
  const { project, plan } = requestedPlan
  const { nowMs, emit } = services
  const { config, store } = project
  const runLedger = requireRunLedger(project)
  const { session } = project.runtime().engine
  if (plan.work.length > 0) session.start() // while the run is recorded
  await claimLake(project)
  await removeDamage(project)
  if ((await store.mayHaveTemp()) || (await session.hasLeftovers()))
    await runLedger.whileAlone(async () => {
      await store.removeTemp()
      await session.removeLeftovers()
    })
  const startedMs = nowMs()
  const exporter = createRunExporter(project, nowMs)
  const endedSteps = new Map<string, StepEndedEvent>()
  const emitOfRun = nameRun(emit)
  const effects: RunEffects = {
    ...createEffects(services, requestedPlan, (event: RunEvent) => {
      if (event.kind === "step_ended") endedSteps.set(event.step, event)
      exporter.report(event)
      emitOfRun(event)
    }),
    readEvaluation: () => services.withProject({}, async ({ evaluation }) => evaluation),
  }
  const { concurrency, pools } = config
  const description = { command, kind: getRunKind(target), requestedMs }
  const options = { ...description, concurrency, pools, failFast }
  try {
    const result = await execute(project.evaluation, plan, effects, options)
    return { requestedPlan, result, endedSteps, ms: nowMs() - startedMs }
  } finally {
    await exporter.close()
  }
}

/**
 * Wipes the materializations of damaged files and those that read them, so that a run which is killed leaves no wrong
 * rows. Those with recorded inputs are invalidated instead: until their rebuild is recorded, only they have the pins
 * and the versions of removed files.
 */
async function removeDamage({ damage, evaluation, ledger }: Project): Promise<void> {
  if (damage.files.length === 0) return
  await ledger.clearPublishedContent(damage.files)
  const records = groupBy(damage.materializations, (record) =>
    hasRecordedInputs(evaluation, record),
  )
  await ledger.invalidateFiles(records.get(true)?.map(({ id }) => id) ?? [])
  await ledger.wipeMaterializations(records.get(false)?.map(({ id }) => id) ?? [])
}

function hasRecordedInputs(
  { graph, removedInputs, pinnedInputs }: Evaluation,
  { asset, partition }: AssetPartition,
): boolean {
  const { name } = getAsset(graph, asset).computation
  return [removedInputs, pinnedInputs].some((inputs) => inputs?.get(name)?.has(partition) === true)
}
