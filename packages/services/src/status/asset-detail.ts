import type { AnyAsset, Asset } from "@freshet/core"
import {
  type CheckResult,
  formatPartitionKey,
  formatQuantity,
  formatReadWindow,
  getAssetStatus,
  type MaterializationRecord,
  renderSql,
} from "@freshet/core/engine"

import { openData } from "../data/open-data.ts"
import { readReport } from "../data/report-document.ts"
import { readFirstRows } from "../data/result-rows.ts"
import { findNewestStored, readRelation } from "../data/stored-partition.ts"
import type { AssetDetailDocument } from "../documents/asset-detail.ts"
import { toIsoTime } from "../iso-time.ts"
import { findRecord, readCurrentRecords } from "../materialization-records.ts"
import { resolvePartition } from "../plan/partition-arguments.ts"
import { selectAsset } from "../plan/select-assets.ts"
import type { Project } from "../project.ts"
import type { Services } from "../services.ts"
import { toAssetStateDocument } from "./asset-state-document.ts"
import { type AssetState, findRepresentative, readAssetStates } from "./asset-state.ts"
import { toColumnDocuments } from "./read-columns.ts"

/** An asset, and the key of one of its partitions; without a key its representative partition. */
export interface AssetDetailRequest {
  readonly asset: string
  readonly partition?: string | undefined
}

/** Reads the declaration and the state of one asset; of a report its first rows too. */
export function readAssetDetail(
  services: Services,
  request: AssetDetailRequest,
): Promise<AssetDetailDocument> {
  return services.withProject({}, async (initialProject) => {
    const asset = selectAsset(initialProject, request.asset)
    const { project, states } = await readAssetStates(initialProject, [asset])
    const [state] = states
    if (state === undefined) throw new TypeError(`no state of ${asset.name}`)
    return {
      ...(await readPartitionDetail(project, asset, state, request.partition)),
      ...describeDeclaration(project, asset),
      ...(await readReportDetail(project, asset)),
    }
  })
}

function describeDeclaration({ graph, nowMs, evaluation }: Project, asset: AnyAsset) {
  const set = asset.kind === "asset" ? asset.publish?.set : undefined
  const table = evaluation.snapshot.publications.get(asset.name)
  return {
    now: toIsoTime(nowMs),
    partitioning: describePartitioning(asset),
    title: asset.kind === "asset" ? (asset.report?.title ?? null) : null,
    description: asset.description,
    owners: asset.owners,
    tags: asset.tags,
    columns: toColumnDocuments(asset.columns),
    path: asset.kind === "source" ? asset.path : null,
    read_by: graph.downstream.get(asset.name) ?? [],
    published: set === undefined ? null : { set, partition: table?.partitions.at(-1)?.key ?? null },
    queries: listQueries(asset),
    ...(asset.kind === "source"
      ? { reads: [], declared_checks: [] }
      : { reads: listReads(asset), declared_checks: listDeclaredChecks(asset) }),
  }
}

function describePartitioning({ partitions }: AnyAsset): string {
  if (partitions.kind === "none") return "not partitioned"
  if (partitions.kind === "static") return `by ${formatQuantity(partitions.keys.length, "key")}`
  return `${partitions.kind} (${partitions.zone})`
}

function listReads({ name, computation }: Asset): AssetDetailDocument["reads"] {
  return computation.reads.map((read) => ({
    asset: read.asset?.name ?? name,
    window: formatReadWindow(read),
  }))
}

function listDeclaredChecks({ checks }: Asset): AssetDetailDocument["declared_checks"] {
  return checks.map(({ name, severity, description }) => ({ name, severity, description }))
}

/** Replaces the values of a partition in a query that is shown. */
const placeholderPartition = { key: "KEY", day: "YYYY-MM-DD", start: "START", end: "END" }

function listQueries(asset: AnyAsset): readonly string[] {
  if (asset.kind === "source" || asset.computation.kind === "code") return []
  const { shared, outputs } = asset.computation
  const outputQuery = outputs.find((output) => output.asset === asset.name)?.query
  return [shared, outputQuery]
    .filter((query) => query !== undefined)
    .map((query) => renderSql(query, placeholderPartition))
}

/** Reads the state of the requested partition, or of the one that represents the asset. */
async function readPartitionDetail(
  project: Project,
  asset: AnyAsset,
  state: AssetState,
  key: string | undefined,
) {
  const { graph, evaluation } = project
  const partition =
    key === undefined
      ? findRepresentative(evaluation, asset)
      : resolvePartition(project, asset, key)
  const record =
    asset.kind === "source" || partition === undefined
      ? undefined
      : await readRecord(project, asset, partition)
  const shownState =
    key === undefined || asset.kind === "source" || partition === undefined
      ? state
      : replacePartition(state, getAssetStatus(evaluation, asset, partition), record)
  return {
    ...toAssetStateDocument(graph, shownState),
    partition:
      partition === undefined || asset.kind === "source"
        ? (state.newest ?? null)
        : formatPartitionKey(asset.partitions, partition),
    is_newest: key === undefined,
    check_results: await readCheckResults(project, asset, record),
    versions: record === undefined ? null : toVersionsDocument(record),
  }
}

async function readRecord(project: Project, { name: asset }: Asset, partition: number) {
  const assetPartition = { asset, partition }
  return findRecord(await readCurrentRecords(project, [assetPartition]), assetPartition)
}

/** Replaces the partition that an asset's state describes. */
function replacePartition(
  state: AssetState,
  status: AssetState["status"],
  record: MaterializationRecord | undefined,
): AssetState {
  return {
    ...state,
    status,
    rows: record?.rows,
    bytes: record?.bytes,
    materializedMs: record?.atMs,
    failedErrors: record?.failedErrors ?? 0,
    failedWarnings: record?.failedWarnings ?? 0,
  }
}

function toVersionsDocument({ codeVersion, inputVersion, dataVersion }: MaterializationRecord) {
  return { code_version: codeVersion, input_version: inputVersion, data_version: dataVersion }
}

async function readCheckResults(
  { ledger }: Project,
  asset: AnyAsset,
  record: MaterializationRecord | undefined,
): Promise<AssetDetailDocument["check_results"]> {
  if (asset.kind === "source" || record === undefined) return []
  const { partition, fingerprint } = record
  const computation = asset.computation.name
  const rows = { computation, partition, fingerprint, assets: [asset.name] }
  const report = await ledger.readCheckResults(rows)
  return (report?.results ?? []).map(({ asset: _, ...result }: CheckResult) => result)
}

const reportRowLimit = 5

/** Reads the newest rows of a report; of any other asset none. */
async function readReportDetail(
  project: Project,
  asset: AnyAsset,
): Promise<Pick<AssetDetailDocument, "report" | "report_rows">> {
  const partition = findNewestStored(project, asset)
  if (asset.kind === "source" || asset.report === undefined || partition === undefined)
    return { report: null, report_rows: [] }
  const relation = await readRelation(project, asset, partition)
  const data = openData(project)
  const sql = `select * from "${relation.name}" limit ${reportRowLimit}`
  const { rows } = await data.query({ sql, relations: [relation] }, (result) =>
    readFirstRows(result, reportRowLimit),
  )
  return { report: await readReport(data, asset, relation), report_rows: rows }
}
