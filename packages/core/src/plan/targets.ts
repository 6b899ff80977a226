import type { PartitionRange } from "../declare/partition.ts"
import { numberedGraph } from "./numbered-graph.ts"
import type { Evaluation } from "./states.ts"

/** What is asked of one asset. */
export interface Target {
  readonly name: string
  /** The number of its computation. */
  readonly number: number
  readonly ranges: readonly PartitionRange[]
}

/** What is asked of some assets, by name. */
export function targetsOf(
  { graph }: Evaluation,
  asked: ReadonlyMap<string, readonly PartitionRange[]>,
): readonly Target[] {
  const { makers } = numberedGraph(graph)
  const targets: Target[] = []
  for (const [name, ranges] of asked) {
    const number = makers.get(name)
    if (number === undefined) throw new TypeError(`no asset is named ${name}`)
    targets.push({ name, number, ranges })
  }
  return targets
}

/** The newest partition of each of these assets that exists; an asset without any is left out. */
export function newestTargets(
  evaluation: Evaluation,
  names: Iterable<string>,
): ReadonlyMap<string, readonly PartitionRange[]> {
  const targets = new Map<string, readonly PartitionRange[]>()
  for (const name of names) {
    const extent = evaluation.extents.get(name)
    const asset = evaluation.graph.assets.get(name)
    if (extent === undefined || asset?.kind !== "asset") continue
    const from = asset.partitions.kind === "static" ? extent.from : extent.to
    targets.set(name, [{ from, to: extent.to }])
  }
  return targets
}
