import type { AnyAsset, Asset, Computation } from "../declare/asset.ts"
import type { Read } from "../declare/read.ts"
import type { SourceAsset } from "../declare/source.ts"
import type { Problem } from "../problem.ts"
import { declarationProblems } from "./declaration-problems.ts"
import { type Mapping, mappingOf } from "./mapping.ts"

/** The declared assets and how they hang together. Computations stand after everything that they read. */
export interface Graph {
  readonly assets: ReadonlyMap<string, AnyAsset>
  readonly computations: readonly Computation[]
  /** Asset → the assets that its computation reads, without itself. */
  readonly upstream: ReadonlyMap<string, readonly string[]>
  readonly downstream: ReadonlyMap<string, readonly string[]>
  /** Computation → its reads. */
  readonly readings: ReadonlyMap<string, readonly Reading[]>
}

/** One read of a computation: which asset, and how the partitions belong together. */
export interface Reading {
  readonly read: Read
  readonly asset: AnyAsset
  readonly mapping: Mapping
}

/** A graph, or everything that is wrong with the declarations. */
export type GraphResult =
  | { readonly kind: "graph"; readonly graph: Graph }
  | { readonly kind: "problems"; readonly problems: readonly Problem[] }

/** Puts declared assets together, and reports all their problems at once. */
export function buildGraph(declared: readonly AnyAsset[]): GraphResult {
  const problems = declarationProblems(declared)
  if (problems.length > 0) return { kind: "problems", problems }
  const assets = new Map(declared.map((asset) => [asset.name, asset]))
  const upstream = new Map(declared.map((asset) => [asset.name, upstreamOf(asset)]))
  const { computations, cycle } = inOrder(declared)
  if (cycle.length > 0) return { kind: "problems", problems: [cycleProblem(cycle)] }
  return {
    kind: "graph",
    graph: {
      assets,
      computations,
      upstream,
      downstream: reversed(upstream),
      readings: new Map(computations.map((each) => [each.name, readingsIn(assets, each)])),
    },
  }
}

/** Reads made from the partitions of a computation: its own ones, or others. */
export function readingsIn(
  assets: Graph["assets"],
  computation: Computation,
  reads: readonly Read[] = computation.reads,
): readonly Reading[] {
  const output = assets.get(computation.outputs[0]?.asset ?? "")
  if (output === undefined) return []
  return reads.map((read) => {
    const asset = read.asset ?? output
    return { read, asset, mapping: mappingOf(read.window, output.partitions, asset.partitions) }
  })
}

/** The computation's outputs among the graph's assets. */
export function outputsOf(graph: Graph, computation: Computation): readonly Asset[] {
  return computation.outputs.map((output) => assetNamed(graph, output.asset))
}

/** The asset of this name, which must exist and not be a source. */
export function assetNamed(graph: Graph, name: string): Asset {
  const asset = graph.assets.get(name)
  if (asset?.kind !== "asset") throw new TypeError(`no asset is named ${name}`)
  return asset
}

/** The sources of a graph, in order of declaration. */
export function sourcesOf(graph: Graph): readonly SourceAsset[] {
  return [...graph.assets.values()].filter((asset) => asset.kind === "source")
}

/** The asset that a read of `computation` means: `previous()` means the computation's own first output. */
export function assetRead(graph: Graph, computation: Computation, read: Read): AnyAsset {
  return read.asset ?? assetNamed(graph, computation.outputs[0]?.asset ?? computation.name)
}

function upstreamOf(asset: AnyAsset): string[] {
  if (asset.kind === "source") return []
  return asset.computation.reads.flatMap((read) => read.asset?.name ?? [])
}

function reversed(edges: ReadonlyMap<string, readonly string[]>): Map<string, string[]> {
  const result = new Map([...edges.keys()].map((name) => [name, [] as string[]]))
  for (const [from, targets] of edges)
    for (const target of new Set(targets)) result.get(target)?.push(from)
  return result
}

/** Kahn's algorithm over computations; declaration order decides among those that are ready. */
function inOrder(declared: readonly AnyAsset[]) {
  const waiting = new Set(declared.flatMap((a) => (a.kind === "asset" ? [a.computation] : [])))
  const computations: Computation[] = []
  const made = new Set(declared.flatMap((asset) => (asset.kind === "source" ? [asset.name] : [])))
  for (let progress = true; progress;) {
    progress = false
    for (const computation of waiting) {
      if (!computation.reads.every((read) => !read.asset || made.has(read.asset.name))) continue
      computations.push(computation)
      for (const output of computation.outputs) made.add(output.asset)
      waiting.delete(computation)
      progress = true
    }
  }
  return { computations, cycle: circle(waiting).map((computation) => computation.name) }
}

/** Of the computations that never became ready, those that read each other: what merely waits for them is no part of it. */
function circle(waiting: ReadonlySet<Computation>): readonly Computation[] {
  let left = [...waiting]
  for (;;) {
    const read = new Set(left.flatMap(({ reads }) => reads.map(({ asset }) => asset?.name)))
    const inside = left.filter(({ outputs }) => outputs.some(({ asset }) => read.has(asset)))
    if (inside.length === left.length) return left
    left = inside
  }
}

function cycleProblem(names: readonly string[]): Problem {
  return {
    kind: "cycle",
    message: `These assets read each other in a circle: ${names.join(", ")}.`,
    hint: "An asset may read its own past with previous(); anything else needs one of the reads removed.",
  }
}
