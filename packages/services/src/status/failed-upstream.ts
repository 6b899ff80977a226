import type { Asset } from "@freshet/core"
import { countStates, type Evaluation, getAsset, getAssetStatus } from "@freshet/core/engine"

/** The number of upstream partitions of an asset that are inspected. */
const maxInspectedPartitions = 1000

/** Finds the failed asset upstream that keeps a partition of an asset from being materialized. */
export type FindFailedUpstream = (asset: Asset, partition: number) => string | undefined

/** Creates the search over one evaluation. It costs nothing while no partition has failed. */
export function createFailedUpstreamFinder(evaluation: Evaluation): FindFailedUpstream {
  const { computations } = evaluation.graph
  const hasFailures = computations.some(
    (computation) => countStates(evaluation, computation).failed > 0,
  )
  if (!hasFailures) return () => undefined
  return (asset, partition) => searchUpstream(evaluation, asset, partition)
}

function searchUpstream(
  evaluation: Evaluation,
  asset: Asset,
  partition: number,
): string | undefined {
  const pending: { readonly name: string; readonly at: number }[] = [
    { name: asset.name, at: partition },
  ]
  const visited = new Set<string>()
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    const { name, at } = next
    const key = `${name} ${at}`
    if (visited.has(key) || visited.size >= maxInspectedPartitions) continue
    visited.add(key)
    const status = getAssetStatus(evaluation, getAsset(evaluation.graph, name), at)
    if (status.kind === "fresh") continue
    if (status.kind === "failed" && name !== asset.name) return name
    for (const cause of status.causes) {
      const last = cause.kind === "upstream" ? cause.partitions.at(-1)?.to : undefined
      if (cause.kind === "upstream" && last !== undefined)
        pending.push({ name: cause.asset, at: last })
    }
  }
  return undefined
}
