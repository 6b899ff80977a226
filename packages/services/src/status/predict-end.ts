import type { Asset } from "@freshet/core"
import {
  type Computation,
  type Evaluation,
  getAsset,
  isExisting,
  isFresh,
  listStepRanges,
  listStepReadings,
} from "@freshet/core/engine"
import type { Prediction } from "@freshet/io"

/** The durations of steps by computation, from their latest steps. */
export type Predictions = ReadonlyMap<string, Prediction>

/** Lists the computations upstream of some assets, and their own. */
export function listUpstreamComputations(
  { graph }: Evaluation,
  assets: readonly Asset[],
): readonly string[] {
  const computations = new Set<Computation>(assets.map(({ computation }) => computation))
  for (const computation of computations)
    for (const { asset } of listStepReadings(graph, computation))
      if (asset.kind === "asset") computations.add(asset.computation)
  return [...computations].map(({ name }) => name)
}

/** Predicts the milliseconds until a partition is materialized: the longest path of steps that are not fresh, by their medians. */
export function predictWorkMs(
  evaluation: Evaluation,
  predictions: Predictions,
  asset: Asset,
  partition: number,
): number {
  const memo = new Map<string, number>()
  const predict = (computation: Computation, index: number | undefined): number => {
    const key = `${computation.name} ${index ?? ""}`
    const memoizedMs = memo.get(key)
    if (memoizedMs !== undefined) return memoizedMs
    const isDone = index !== undefined && isFresh(evaluation, computation, index)
    const ms = isDone ? 0 : getMedianMs(computation) + predictUpstream(computation, index)
    memo.set(key, ms)
    return ms
  }
  const getMedianMs = ({ name }: Computation) => predictions.get(name)?.milliseconds.median ?? 0
  const predictUpstream = (computation: Computation, index: number | undefined): number =>
    Math.max(
      0,
      ...listUpstreamPartitions(evaluation, computation, index)
        .filter((upstream) => upstream.computation !== computation)
        .map((upstream) => predict(upstream.computation, upstream.index)),
    )
  const exists = isExisting(evaluation, asset, partition)
  return predict(getAsset(evaluation.graph, asset.name).computation, exists ? partition : undefined)
}

/** Lists the newest partition of each read; of a partition that does not exist yet, without its index. */
function listUpstreamPartitions(
  evaluation: Evaluation,
  computation: Computation,
  index: number | undefined,
) {
  if (index === undefined)
    return listStepReadings(evaluation.graph, computation).flatMap(({ asset }) =>
      asset.kind === "asset" ? [{ computation: asset.computation, index: undefined }] : [],
    )
  return listStepRanges(evaluation, computation, index).flatMap(({ asset, range }) =>
    asset.kind === "asset" && range !== undefined
      ? [{ computation: asset.computation, index: range.to }]
      : [],
  )
}
