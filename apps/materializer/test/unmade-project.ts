import {
  type AnyAsset,
  buildGraph,
  evaluate,
  extentsOf,
  findPartition,
  type Landing,
  type Snapshot,
} from "@freshet/core"

import type { Project } from "../src/project/project.ts"
import { noHistory, tinyProject } from "./tiny-project.ts"

const nothingMade: Snapshot = {
  position: "",
  timelines: new Map(),
  failures: new Map(),
  publications: new Map(),
}

/** A project of these assets, of whose sources some partitions have landed, and of which nothing was made. */
export function unmadeProject(
  assets: readonly AnyAsset[],
  landed: Readonly<Record<string, readonly string[]>>,
  nowMs: number,
): Project {
  const built = buildGraph(assets)
  if (built.kind === "problems") throw new Error(JSON.stringify(built.problems))
  const { graph } = built
  const landing: Landing = new Map(
    assets.flatMap((asset) => {
      const keys = asset.kind === "source" ? (landed[asset.name] ?? []) : []
      return keys.length === 0 ? [] : [[asset.name, landedPartitions(asset, keys)] as const]
    }),
  )
  const world = { graph, landing, extents: extentsOf(graph, landing, nowMs) }
  const judge = (snapshot: Snapshot) => evaluate(world, snapshot, new Map(), (text) => text)
  return {
    ...tinyProject({ landed: {} }),
    graph,
    nowMs,
    evaluation: judge(nothingMade),
    judge,
    recorded: async () => [],
    history: noHistory,
  }
}

function landedPartitions({ name, partitions }: AnyAsset, keys: readonly string[]) {
  return new Map(
    keys.map((key) => {
      const index = findPartition(partitions, key)
      if (index === undefined) throw new Error(`${name} has no ${key}`)
      return [index, { version: key, files: [{ path: `${name}/${key}`, hash: key, bytes: 1000 }] }]
    }),
  )
}
