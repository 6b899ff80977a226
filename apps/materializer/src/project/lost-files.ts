import { existsSync } from "node:fs"
import { join } from "node:path"

import {
  type Graph,
  partitionsText,
  type Problem,
  type Recorded,
  type Snapshot,
} from "@freshet/core"

/**
 * The snapshot without the materializations whose file is gone from the lake, which are to be made anew,
 * and a warning for each asset that lost some.
 */
export function withoutLostFiles(
  snapshot: Snapshot,
  graph: Graph,
  lake: string,
): { readonly snapshot: Snapshot; readonly warnings: readonly Problem[] } {
  const warnings: Problem[] = []
  const materializations = new Map<string, ReadonlyMap<number, Recorded>>()
  for (const [asset, records] of snapshot.materializations) {
    const isLost = ([, { file }]: readonly [number, Recorded]) => !existsSync(join(lake, file))
    const lost = new Set([...records].filter(isLost).map(([partition]) => partition))
    const there = [...records].filter(([partition]) => !lost.has(partition))
    materializations.set(asset, lost.size === 0 ? records : new Map(there))
    if (lost.size > 0) warnings.push(lostWarning(graph, asset, [...lost]))
  }
  return { snapshot: { ...snapshot, materializations }, warnings }
}

function lostWarning(graph: Graph, asset: string, lost: readonly number[]): Problem {
  const partitions = partitionsText(
    graph,
    asset,
    lost.toSorted((a, b) => a - b),
  )
  return {
    kind: "lost_file",
    asset,
    message: `What was made of \`${asset}\` ${partitions} is gone from the lake.`.replace(
      "  ",
      " ",
    ),
    hint: "The next run makes anew what it needs of it.",
  }
}
