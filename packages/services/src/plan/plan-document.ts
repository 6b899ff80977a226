import {
  type CheckWork,
  changedChecksReason,
  type Computation,
  countSteps,
  explain,
  explainGroup,
  findFailedUpstream,
  formatBlocker,
  getPartitionNoun,
  intersectRangeLists,
  type Plan,
  type PlanExplanation,
  type PublicationPlan,
} from "@freshet/core/engine"

import type { CostDocument, PlanDocument, PlanStepDocument } from "../documents/plan.ts"
import { createPartitionsConverter, createRangeConverter } from "../partition-keys.ts"
import { toProblemDocument } from "../problem-document.ts"
import type { Project } from "../project.ts"
import { toCauseDocuments } from "../status/status-document.ts"
import { toWaitingSetDocument } from "../status/waiting-set-document.ts"
import { toNotLandedDocument } from "./awaited-partitions.ts"
import { addChangedInputs } from "./changed-inputs.ts"
import { type Cost, type CostedGroup, estimateCost, sumCosts } from "./cost.ts"
import type { RequestedPlan } from "./make-plan.ts"
import type { ResolvedTargets } from "./run-targets.ts"

/** Explains a plan with changed inputs by name and with costs, which the ledger knows. */
export async function createPlanDocument(
  requestedPlan: RequestedPlan,
  command: string,
  saved: string | null = null,
): Promise<PlanDocument> {
  const { project, plan, targets } = requestedPlan
  const explanation = explain(project.evaluation, plan, targets.namedTargets)
  const groups = await readCosts(project, explanation.groups)
  const cost = sumCosts(groups)
  return {
    ...toRemainderDocument(requestedPlan, command, explanation),
    steps: [
      ...explanation.checks.map((work) => toCheckStep(project, work)),
      ...groups.map((group) => toMaterializeStep(project, group)),
    ],
    step_count: countSteps(plan),
    publications: explanation.publications.map(toPublicationDocument),
    predicted: toCostDocument(cost.estimate),
    without_history: cost.withoutHistory,
    saved,
  }
}

/** Describes the part of an executed plan that was not in its steps: blocked partitions and failed checks. */
export function createRemainingDocument(
  requestedPlan: RequestedPlan,
  command: string,
  hasSucceeded: boolean,
): PlanDocument {
  const { project, plan, targets } = requestedPlan
  const explanation = explain(project.evaluation, plan)
  const document = toRemainderDocument(requestedPlan, command, explanation)
  const notLanded = targets.isExplicit ? document.not_landed : []
  return {
    ...document,
    not_landed: notLanded,
    is_up_to_date: hasSucceeded && explanation.blocked.length === 0,
  }
}

async function readCosts(
  project: Project,
  explainedGroups: PlanExplanation["groups"],
): Promise<readonly CostedGroup[]> {
  const groups = await addChangedInputs(project, explainedGroups)
  const names = new Set(groups.map(({ computation }) => computation.name))
  const predictions = await project.ledger.readPredictions([...names])
  return groups.map((group) => ({
    ...explainGroup(project.evaluation, group),
    cost: estimateCost(predictions.get(group.computation.name), group.ranges),
  }))
}

function toRemainderDocument(
  { project, plan, targets }: RequestedPlan,
  command: string,
  { blocked, failedChecks, skipped, isUpToDate }: PlanExplanation,
): PlanDocument {
  const toPartitions = createPartitionsConverter(project)
  const toRangeDocuments = createRangeConverter(project)
  const { awaited } = targets
  return {
    command,
    targets: [...plan.targets].map(([asset, ranges]) => ({
      asset,
      partitions: toRangeDocuments(asset, ranges),
    })),
    steps: [],
    step_count: 0,
    publications: [],
    waiting_sets: plan.waitingSets.map((set) => toWaitingSetDocument(project, set)),
    blocked: blocked.map(({ computation, ranges, blocker }) => ({
      computation: computation.name,
      ...toPartitions(getFirstOutput(computation), ranges),
      blocker: blocker?.text ?? null,
      reason: blocker === undefined ? "blocked as well" : formatBlocker(blocker),
    })),
    not_landed: awaited.map((partitions) => toNotLandedDocument(project, partitions)),
    is_blocked: isBlocked(plan, targets),
    failed_checks: failedChecks.map(({ asset, ranges, blocker }) => ({
      asset,
      ...toPartitions(asset, ranges),
      blocker: blocker ?? null,
    })),
    has_failed_checks: failedChecks.length > 0 || isBlockedByFailedCheck(project, plan),
    skipped: skipped.map(({ asset, ranges, state }) => ({
      asset,
      ...toPartitions(asset, ranges),
      status: state,
    })),
    is_up_to_date: isUpToDate,
    requested_count: targets.requestedCount,
    predicted: null,
    without_history: [],
    warnings: project.warnings.map(toProblemDocument),
    saved: null,
  }
}

/** Tests if a requested partition is blocked, or does not exist yet although it was asked for by name. */
function isBlocked({ blocked, targets: requested }: Plan, targets: ResolvedTargets): boolean {
  if (targets.isExplicit && targets.awaited.length > 0) return true
  return blocked.some(({ computation, ranges }) =>
    computation.outputs.some(
      ({ asset }) => intersectRangeLists(requested.get(asset) ?? [], ranges).length > 0,
    ),
  )
}

function isBlockedByFailedCheck({ evaluation }: Project, { blocked }: Plan): boolean {
  return blocked.some(({ computation, ranges: [firstRange] }) =>
    findFailedUpstream(evaluation, { computation, partition: firstRange?.from ?? 0 }),
  )
}

function getFirstOutput({ outputs }: Computation): string {
  return outputs[0]?.asset ?? ""
}

function toCheckStep(project: Project, { asset, ranges }: CheckWork): PlanStepDocument {
  const { computation, name, partitions } = asset
  return {
    kind: "check",
    asset: name,
    computation: computation.name,
    outputs: [name],
    ...createPartitionsConverter(project)(name, ranges),
    partition_noun: getPartitionNoun(partitions),
    reason: changedChecksReason,
  }
}

function toMaterializeStep(project: Project, group: CostedGroup): PlanStepDocument {
  const { computation, ranges, status, cost, reason } = group
  const asset = project.graph.assets.get(getFirstOutput(computation))
  return {
    kind: "materialize",
    computation: computation.name,
    outputs: computation.outputs.map((output) => output.asset),
    ...createPartitionsConverter(project)(getFirstOutput(computation), ranges),
    partition_noun: asset === undefined ? "partition" : getPartitionNoun(asset.partitions),
    reason,
    status: status.kind,
    causes: toCauseDocuments(project, status.causes),
    predicted: toCostDocument(cost),
  }
}

function toPublicationDocument({ set, key, tables, published, withdrawn }: PublicationPlan) {
  const assets = tables.map(({ asset }) => asset.name)
  return { set, partition: key, assets, published: published ?? null, withdrawn }
}

function toCostDocument(cost: Cost | undefined): CostDocument | null {
  if (cost === undefined) return null
  const { rows, bytes, ms, msP90 } = cost
  return { rows, bytes, ms, ms_p90: msP90 }
}
