import type { Asset } from "@freshet/core"
import {
  buildPlan,
  findFailedUpstream,
  findRemovedFile,
  formatLandingPath,
  formatPartitionKey,
  formatPartitions,
  getAsset,
  listOutdatedPins,
  type PartitionRange,
  type Problem,
  ProblemsError,
} from "@freshet/core/engine"

import type { AssetPartition } from "../asset-partitions.ts"
import type { ExplanationDocument, RootCauseDocument } from "../documents/explanation.ts"
import type { FailedPartitionDocument } from "../documents/failed-checks.ts"
import { toIsoTime } from "../iso-time.ts"
import { createKeyFormatter, createRangeConverter } from "../partition-keys.ts"
import {
  type AwaitedPartitions,
  findAwaitedPartitions,
  toNotLandedDocument,
} from "../plan/awaited-partitions.ts"
import { formatFixCommand } from "../plan/command-text.ts"
import { planWithExistingFiles } from "../plan/missing-files.ts"
import { parsePartitions } from "../plan/parse-partitions.ts"
import { resolvePartition } from "../plan/partition-arguments.ts"
import { selectAsset } from "../plan/select-assets.ts"
import type { Project } from "../project.ts"
import type { Services } from "../services.ts"
import { findRepresentative } from "./asset-state.ts"
import { findOverdue } from "./deadline.ts"
import { describeDelay } from "./describe-delay.ts"
import { readFailedPartition } from "./read-failed-partition.ts"
import { explainPartition, type PartitionExplanation, type RootCause } from "./root-causes.ts"
import { toStatusDocument } from "./status-document.ts"
import { listWaitingSets } from "./waiting-set-document.ts"

/** An asset, and the key of one of its partitions; without a key its representative partition. */
export interface ExplanationRequest {
  readonly asset: string
  readonly partition?: string | undefined
}

/** Explains the status of a partition: root causes, the path from the first one, failed checks and the command that fixes it. */
export function explainStaleness(
  services: Services,
  request: ExplanationRequest,
): Promise<ExplanationDocument> {
  return services.withProject({}, (project) => buildExplanation(project, request))
}

async function buildExplanation(
  initialProject: Project,
  request: ExplanationRequest,
): Promise<ExplanationDocument> {
  const asset = selectAsset(initialProject, request.asset)
  if (asset.kind === "source") throw neverStaleError(asset.name)
  const awaited = findAwaitedPartition(initialProject, asset, request.partition)
  if (awaited !== undefined) return explainAwaitedPartition(initialProject, awaited)
  const partition = resolveExplainedPartition(initialProject, asset, request.partition)
  const targets = new Map([[asset.name, [{ from: partition, to: partition }]]])
  const projectPlan = await planWithExistingFiles(initialProject, ({ evaluation }) => ({
    plan: buildPlan(evaluation, { targets, publish: false }),
  }))
  const { project } = projectPlan
  const explanation = await explainPartition(projectPlan, asset, partition)
  const isFresh = explanation.status.kind === "fresh"
  return {
    ...toExplanationFields(project, explanation),
    failed_checks: await readFailedPartitions(project, explanation),
    overdue: findOverdueDocument(project, asset),
    waiting_set: findWaitingSet(project, asset.name),
    removed_file: findRemovedPath(project, asset, partition),
    pinned_files: listOutdatedPins(project.evaluation, asset.computation, partition),
    command: isFresh ? null : formatFixCommand(project.evaluation, asset.name, partition),
  }
}

/** Finds the path of a file that is no longer landed, which the rows of a partition were computed from. */
function findRemovedPath(
  { evaluation }: Project,
  { computation }: Asset,
  index: number,
): string | null {
  const file = findRemovedFile(evaluation, computation, index)
  if (file === undefined) return null
  return formatLandingPath(file.source.path, file.source.partitions, file.partition)
}

/** Finds the files for which a partition waits that does not exist yet. */
function findAwaitedPartition(
  project: Project,
  asset: Asset,
  key: string | undefined,
): AwaitedPartitions | undefined {
  const hasPartitions = project.evaluation.bounds.has(asset.name)
  if (key === undefined && hasPartitions) return undefined
  const range = key === undefined ? undefined : parsePartitions(asset.partitions, key)?.range
  if (key !== undefined && (range === undefined || range.from < range.to)) return undefined
  return findAwaitedPartitions(project, asset, range)[0]
}

/** Explains a partition that waits for files; its root cause is itself. */
function explainAwaitedPartition(
  project: Project,
  awaited: AwaitedPartitions,
): ExplanationDocument {
  const { asset, blocker, range } = awaited
  const status = toStatusDocument(project, { kind: "missing", blocker, causes: [] })
  const { partitions, partitions_text } = toNotLandedDocument(project, awaited)
  return {
    asset,
    partition: range === undefined ? "all" : partitions_text,
    ...status,
    roots: [{ asset, partitions, partitions_text, ...status }],
    path: [],
    failed_checks: [],
    overdue: findOverdueDocument(project, getAsset(project.graph, asset)),
    waiting_set: findWaitingSet(project, asset),
    removed_file: null,
    pinned_files: [],
    command: formatFixCommand(project.evaluation, asset, range?.to),
  }
}

function findOverdueDocument(
  { evaluation, nowMs }: Project,
  asset: Asset,
): ExplanationDocument["overdue"] {
  const overdue = findOverdue(evaluation, asset, nowMs)
  if (overdue === undefined) return null
  return {
    partition: formatPartitionKey(asset.partitions, overdue.partition),
    due_at: toIsoTime(overdue.dueMs),
    reason: describeDelay(evaluation, asset, overdue.partition),
  }
}

function findWaitingSet(project: Project, name: string): ExplanationDocument["waiting_set"] {
  const { publish } = getAsset(project.graph, name)
  return publish === undefined ? null : (listWaitingSets(project, [publish.set])[0] ?? null)
}

/** Resolves a key; without one, takes the partition that represents the asset. */
function resolveExplainedPartition(
  project: Project,
  asset: Asset,
  key: string | undefined,
): number {
  const representative =
    key === undefined ? findRepresentative(project.evaluation, asset) : undefined
  return representative ?? resolvePartition(project, asset, key)
}

function toExplanationFields(
  project: Project,
  { asset, partition, status, roots, path }: PartitionExplanation,
) {
  const formatKey = createKeyFormatter(project)
  return {
    asset,
    partition: formatKey(asset, partition),
    ...toStatusDocument(project, status),
    roots: roots.map((root) => toRootCauseDocument(project, root)),
    path: path.map((stop) => ({
      asset: stop.asset,
      partition: formatKey(stop.asset, stop.partition),
      status: stop.status.kind,
    })),
  }
}

/** Names the changed inputs, which the ledger knows and the status does not. */
function toRootCauseDocument(
  project: Project,
  { asset, partitions, status, causes }: RootCause,
): RootCauseDocument {
  const namedStatus = status.kind === "fresh" ? status : { ...status, causes }
  return {
    asset,
    partitions: createRangeConverter(project)(asset, partitions),
    partitions_text: formatPartitions(project.graph, asset, partitions),
    ...toStatusDocument(project, namedStatus),
  }
}

/** Reads the failed checks of the newest partition of each root, and of the upstream rows that block it. */
async function readFailedPartitions(
  project: Project,
  { asset, partition, status, roots }: PartitionExplanation,
): Promise<readonly FailedPartitionDocument[]> {
  const target = { asset, partitions: [{ from: partition, to: partition }] }
  const failedPartitions = new Map<string, FailedPartitionDocument>()
  for (const root of status.kind === "fresh" ? [target] : roots) {
    for (const rows of listCheckedRows(project, root)) {
      const failedPartition = await readFailedPartition(project, rows)
      if (failedPartition !== undefined) failedPartitions.set(rows.asset, failedPartition)
    }
  }
  return [...failedPartitions.values()]
}

function listCheckedRows(
  { evaluation, graph }: Project,
  root: { readonly asset: string; readonly partitions: readonly PartitionRange[] },
): readonly AssetPartition[] {
  const partition = root.partitions.at(-1)?.to
  if (partition === undefined) return []
  const { computation } = getAsset(graph, root.asset)
  const blocker = findFailedUpstream(evaluation, { computation, partition })
  const rows = { asset: root.asset, partition }
  return blocker === undefined ? [rows] : [rows, blocker]
}

function neverStaleError(name: string): ProblemsError {
  const problem: Problem = {
    kind: "usage",
    message: `\`${name}\` is a source: sources are never stale.`,
    hint: `\`freshet status ${name}+\` shows the assets that read it.`,
  }
  return new ProblemsError("usage", [problem])
}
