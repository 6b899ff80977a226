import type { AnyAsset } from "@freshet/core"
import {
  type CheckResult,
  formatPartitionKey,
  getAssetStatus,
  type MaterializationRecord,
  type Publication,
  type Status,
} from "@freshet/core/engine"

import type { ReportRows } from "../data/report-rows.ts"
import { readCurrentRecords, findRecord } from "../materialization-records.ts"
import { resolvePartition } from "../plan/partition-arguments.ts"
import type { Project } from "../project.ts"
import { type AssetState, readAssetStates, findRepresentative } from "./asset-state.ts"

/** One asset as `show` knows it. */
export interface AssetDetail {
  readonly asset: AnyAsset
  readonly state: AssetState
  /** Key of the partition that was asked for; undefined for the one that stands for the asset. */
  readonly key: string | undefined
  /** The materialization of the partition shown. */
  readonly record: MaterializationRecord | undefined
  /** What its publication set shows. */
  readonly publication: Publication | undefined
  /** What the checks said last of those rows. */
  readonly checkResults: readonly CheckResult[]
  /** Of a report: its newest answer. */
  readonly reportRows: ReportRows | undefined
}

/** What is known of an asset, by the partition that the key names or else by the one that stands for it. */
export async function readAssetDetail(
  initialProject: Project,
  asset: AnyAsset,
  key: string | undefined,
): Promise<Omit<AssetDetail, "reportRows">> {
  const { project, states } = await readAssetStates(initialProject, [asset])
  const { evaluation } = project
  const partition =
    key === undefined
      ? findRepresentative(evaluation, asset)
      : resolvePartition(project, asset, key)
  const [state] = states
  if (state === undefined) throw new TypeError(`no state of ${asset.name}`)
  const set = asset.kind === "asset" ? asset.publish?.set : undefined
  const publication = set === undefined ? undefined : evaluation.snapshot.publications.get(set)
  const commonDetail = { asset, key: undefined, publication }
  if (asset.kind === "source" || partition === undefined)
    return { ...commonDetail, state, record: undefined, checkResults: [] }
  const assetPartition = { asset: asset.name, partition }
  const record = findRecord(await readCurrentRecords(project, [assetPartition]), assetPartition)
  const checkResults = await readLatestCheckResults(project, asset, record)
  if (key === undefined) return { ...commonDetail, state, record, checkResults }
  const status = getAssetStatus(evaluation, asset, partition)
  const partitionState = replacePartition(state, { status, record })
  return {
    ...commonDetail,
    state: partitionState,
    key: formatPartitionKey(asset.partitions, partition),
    record,
    checkResults,
  }
}

/** The state of an asset with what is known of another partition. */
function replacePartition(
  state: AssetState,
  {
    status,
    record,
  }: { readonly status: Status; readonly record: MaterializationRecord | undefined },
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

/** What the checks said last of the rows of a record. */
async function readLatestCheckResults(
  { ledger }: Project,
  asset: Extract<AnyAsset, { kind: "asset" }>,
  record: MaterializationRecord | undefined,
): Promise<readonly CheckResult[]> {
  if (record === undefined) return []
  const { partition, fingerprint } = record
  const computation = asset.computation.name
  const rows = { computation, partition, fingerprint, assets: [asset.name] }
  return (await ledger.readCheckResults(rows))?.results ?? []
}
