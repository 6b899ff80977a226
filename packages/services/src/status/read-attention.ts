import type { Asset } from "@freshet/core"
import {
  buildPlan,
  type Evaluation,
  findReachable,
  groupBy,
  isFresh,
  joinRanges,
  formatPartitions,
} from "@freshet/core/engine"

import type { AttentionCauseDocument, AttentionDocument } from "../documents/attention.ts"
import type { FailedPartitionDocument } from "../documents/failed-checks.ts"
import { toIsoTime } from "../iso-time.ts"
import { makePlan } from "../plan/make-plan.ts"
import { planWithExistingFiles } from "../plan/missing-files.ts"
import { createPlanDocument } from "../plan/plan-document.ts"
import type { Project } from "../project.ts"
import type { Services } from "../services.ts"
import { findRepresentative, listRepresentatives } from "./asset-state.ts"
import type { CauseChain } from "./cause-path.ts"
import { readFailedPartition } from "./read-failed-partition.ts"
import { findRootGroups, type RootGroup } from "./root-groups.ts"
import { toStatusDocument } from "./status-document.ts"

/** Reads the root causes of all assets whose newest partition is not fresh, with the work that fixes each. */
export function readAttention(services: Services): Promise<AttentionDocument> {
  return services.withProject({}, readProjectAttention)
}

async function readProjectAttention(initialProject: Project): Promise<AttentionDocument> {
  const projectPlan = await planWithExistingFiles(initialProject, ({ evaluation, graph }) => {
    const targets = listRepresentatives(evaluation, [...graph.assets.values()])
    return { plan: buildPlan(evaluation, { targets, publish: false }) }
  })
  const { project } = projectPlan
  const { chain, groups } = await findRootGroups(projectPlan)
  const groupsBySubject = groupBy(groups, (group) => JSON.stringify(findSubject(project, group)))
  const causes: AttentionCauseDocument[] = []
  for (const sameGroups of groupsBySubject.values())
    causes.push(await toCause(project, sameGroups, chain))
  return { now: toIsoTime(project.nowMs), causes: causes.toSorted(compareSeverity) }
}

type Subject = Pick<AttentionCauseDocument, "kind" | "subject" | "partitions_text">

/** Names the place of a cause: the changed input, or the asset itself. Assets that were never materialized share one cause. */
function findSubject({ graph }: Project, { computation, ranges, status }: RootGroup): Subject {
  const asset = computation.outputs[0]?.asset ?? ""
  const place = { subject: asset, partitions_text: formatPartitions(graph, asset, ranges) }
  if (status.blocker !== undefined) return { kind: "blocked", ...place }
  if (status.kind === "failed") return { kind: "failed", ...place }
  if (status.kind === "missing") return { kind: "missing", subject: null, partitions_text: "" }
  const changed = status.causes.flatMap((cause) => (cause.kind === "input" ? cause.changed : []))
  const [input] = changed
  if (input === undefined) return { kind: "code", ...place, partitions_text: "" }
  const partitionsText = formatPartitions(graph, input.asset, input.partitions)
  return { kind: "changed", subject: input.asset, partitions_text: partitionsText }
}

async function toCause(
  project: Project,
  groups: readonly RootGroup[],
  chain: CauseChain,
): Promise<AttentionCauseDocument> {
  const [group] = groups
  if (group === undefined) throw new TypeError("a cause has a root group")
  const affected = listAffected(project, groups, chain)
  return {
    ...findSubject(project, group),
    ...toStatusDocument(project, group.status),
    affected,
    failed_checks: await readFailedChecks(project, group),
    ...(await readFix(project, affected)),
  }
}

/** Lists the assets of the groups and those downstream whose newest partition is not fresh, in the order of the graph. */
function listAffected(
  { evaluation, graph }: Project,
  groups: readonly RootGroup[],
  chain: CauseChain,
): readonly string[] {
  const roots = groups.flatMap(({ computation }) => computation.outputs.map(({ asset }) => asset))
  const names = new Set(
    roots.flatMap((name) => [name, ...findReachable(graph, name, "downstream", Infinity)]),
  )
  const affected = [...graph.assets.values()].filter(
    (asset) =>
      asset.kind === "asset" &&
      names.has(asset.name) &&
      chain.has(asset.computation.name) &&
      !isRepresentativeFresh(evaluation, asset),
  )
  return affected.map(({ name }) => name)
}

function isRepresentativeFresh(evaluation: Evaluation, asset: Asset): boolean {
  const partition = findRepresentative(evaluation, asset)
  return partition !== undefined && isFresh(evaluation, asset.computation, partition)
}

async function readFailedChecks(
  project: Project,
  { computation, ranges, status }: RootGroup,
): Promise<readonly FailedPartitionDocument[]> {
  const partition = joinRanges(ranges).at(-1)?.to
  if (status.kind !== "failed" || partition === undefined) return []
  const failedPartitions: FailedPartitionDocument[] = []
  for (const { asset } of computation.outputs) {
    const failedPartition = await readFailedPartition(project, { asset, partition })
    if (failedPartition !== undefined) failedPartitions.push(failedPartition)
  }
  return failedPartitions
}

/** Predicts the materialization of the affected assets. */
async function readFix(project: Project, affected: readonly string[]) {
  const target = {
    kind: "materialize",
    selection: affected,
    partitions: {},
    publish: true,
  } as const
  const plan = await createPlanDocument(await makePlan(project, target, "preview"), "")
  return { steps: plan.step_count, predicted_ms: plan.predicted?.ms ?? null }
}

const severities: readonly AttentionCauseDocument["kind"][] = [
  "failed",
  "blocked",
  "changed",
  "code",
  "missing",
]

function compareSeverity(first: AttentionCauseDocument, second: AttentionCauseDocument): number {
  return severities.indexOf(first.kind) - severities.indexOf(second.kind)
}
