import type { AnyAsset, CheckResult, Evaluation, Published, Recorded } from "@freshet/core"

import type { Answer } from "../render/report.ts"
import { type AssetState, assetState } from "./asset-state.ts"

/** One asset as `show` knows it. */
export interface AssetDetail {
  readonly asset: AnyAsset
  readonly state: AssetState
  /** The materialization of the newest partition. */
  readonly record: Recorded | undefined
  /** What its publication set shows. */
  readonly publication: Published | undefined
  /** What the checks said last of those rows. */
  readonly checked: readonly CheckResult[]
  /** Of a report: its newest answer. */
  readonly answer: Answer | undefined
}

export function assetDetail(
  evaluation: Evaluation,
  asset: AnyAsset,
  nowMs: number,
): Omit<AssetDetail, "checked" | "answer"> {
  const { extents, snapshot } = evaluation
  const newest = extents.get(asset.name)?.to
  const set = asset.kind === "asset" ? asset.publish?.set : undefined
  return {
    asset,
    state: assetState(evaluation, asset, nowMs),
    record:
      newest === undefined ? undefined : snapshot.materializations.get(asset.name)?.get(newest),
    publication: set === undefined ? undefined : snapshot.publications.get(set),
  }
}
