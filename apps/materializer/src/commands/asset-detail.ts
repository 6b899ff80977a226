import type { AnyAsset, CheckResult, Published, Recorded, Status } from "@freshet/core"
import { assetStatus, partitionKey } from "@freshet/core"

import type { Project } from "../project/project.ts"
import { readRecords, recordIn } from "../project/records.ts"
import type { Answer } from "../render/report.ts"
import { type AssetState, assetStates, shownPartition } from "./asset-state.ts"
import { partitionOf } from "./targets.ts"

/** One asset as `show` knows it. */
export interface AssetDetail {
  readonly asset: AnyAsset
  readonly state: AssetState
  /** Key of the partition that was asked for; undefined for the one that stands for the asset. */
  readonly key: string | undefined
  /** The materialization of the partition shown. */
  readonly record: Recorded | undefined
  /** What its publication set shows. */
  readonly publication: Published | undefined
  /** What the checks said last of those rows. */
  readonly checked: readonly CheckResult[]
  /** Of a report: its newest answer. */
  readonly answer: Answer | undefined
}

/** What is known of an asset, by the partition that the key names or else by the one that stands for it. */
export async function readAssetDetail(
  given: Project,
  asset: AnyAsset,
  key: string | undefined,
): Promise<Omit<AssetDetail, "answer">> {
  const { project, states } = await assetStates(given, [asset])
  const { evaluation } = project
  const partition =
    key === undefined ? shownPartition(evaluation, asset) : partitionOf(project, asset, key)
  const [state] = states
  if (state === undefined) throw new TypeError(`no state of ${asset.name}`)
  const set = asset.kind === "asset" ? asset.publish?.set : undefined
  const publication = set === undefined ? undefined : evaluation.snapshot.publications.get(set)
  const common = { asset, key: undefined, publication }
  if (asset.kind === "source" || partition === undefined)
    return { ...common, state, record: undefined, checked: [] }
  const at = { asset: asset.name, partition }
  const record = recordIn(await readRecords(project, [at]), at)
  const checked = await results(project, asset, record)
  if (key === undefined) return { ...common, state, record, checked }
  const status = assetStatus(evaluation, asset, partition)
  const shown = ofPartition(state, { status, record })
  return {
    ...common,
    state: shown,
    key: partitionKey(asset.partitions, partition),
    record,
    checked,
  }
}

/** The state of an asset with what is known of another partition. */
function ofPartition(
  state: AssetState,
  { status, record }: { readonly status: Status; readonly record: Recorded | undefined },
): AssetState {
  return {
    ...state,
    status,
    rows: record?.rows,
    bytes: record?.bytes,
    madeMs: record?.atMs,
    failedErrors: record?.failedErrors ?? 0,
    failedWarnings: record?.failedWarnings ?? 0,
  }
}

/** What the checks said last of the rows of a record. */
async function results(
  { history }: Project,
  asset: Extract<AnyAsset, { kind: "asset" }>,
  record: Recorded | undefined,
): Promise<readonly CheckResult[]> {
  if (record === undefined) return []
  const { partition, fingerprint } = record
  const computation = asset.computation.name
  const rows = { computation, partition, fingerprint, assets: [asset.name] }
  return (await history.checked(rows))?.results ?? []
}
