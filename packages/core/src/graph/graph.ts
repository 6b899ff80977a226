import type { AnyAsset, Asset, Computation, Read, SourceAsset } from "../declare/declaration.ts"
import type { Problem } from "../problem.ts"
import { findDeclarationProblems } from "./declaration-problems.ts"
import { type Mapping, buildMapping } from "./mapping.ts"

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
  const problems = findDeclarationProblems(declared)
  if (problems.length > 0) return { kind: "problems", problems }
  const assets = new Map(declared.map((asset) => [asset.name, asset]))
  const upstream = new Map(declared.map((asset) => [asset.name, listUpstream(asset)]))
  const { computations, cycle } = sortComputations(declared)
  if (cycle.length > 0) return { kind: "problems", problems: [toCycleProblem(cycle)] }
  return {
    kind: "graph",
    graph: {
      assets,
      computations,
      upstream,
      downstream: reverseEdges(upstream),
      readings: new Map(
        computations.map((computation) => [computation.name, buildReadings(assets, computation)]),
      ),
    },
  }
}

/** Reads made from the partitions of a computation: its own ones, or others. */
export function buildReadings(
  assets: Graph["assets"],
  computation: Computation,
  reads: readonly Read[] = computation.reads,
): readonly Reading[] {
  const output = assets.get(computation.outputs[0]?.asset ?? "")
  if (output === undefined) return []
  return reads.map((read) => {
    const asset = read.asset ?? output
    return { read, asset, mapping: buildMapping(read.window, output.partitions, asset.partitions) }
  })
}

/** The computation's outputs among the graph's assets. */
export function getOutputs(graph: Graph, computation: Computation): readonly Asset[] {
  return computation.outputs.map((output) => getAsset(graph, output.asset))
}

/** The asset of this name, which must exist and not be a source. */
export function getAsset(graph: Graph, name: string): Asset {
  const asset = graph.assets.get(name)
  if (asset?.kind !== "asset") throw new TypeError(`no asset is named ${name}`)
  return asset
}

/** The sources of a graph, in order of declaration. */
export function listSources(graph: Graph): readonly SourceAsset[] {
  return [...graph.assets.values()].filter((asset) => asset.kind === "source")
}

/** The asset that a read of `computation` means: `previous()` means the computation's own first output. */
export function getAssetRead(graph: Graph, computation: Computation, read: Read): AnyAsset {
  return read.asset ?? getAsset(graph, computation.outputs[0]?.asset ?? computation.name)
}

function listUpstream(asset: AnyAsset): string[] {
  if (asset.kind === "source") return []
  return asset.computation.reads.flatMap((read) => read.asset?.name ?? [])
}

function reverseEdges(edges: ReadonlyMap<string, readonly string[]>): Map<string, string[]> {
  const result = new Map<string, string[]>()
  for (const name of edges.keys()) result.set(name, [])
  for (const [from, targets] of edges)
    for (const target of targets) {
      const sources = result.get(target)
      if (sources !== undefined && sources.at(-1) !== from) sources.push(from)
    }
  return result
}

/**
 * Kahn's algorithm over computations. They stand as if one went through the declarations again and again and each
 * time took those that are ready: a computation's round is that of what it reads, or the next one when it is
 * declared before that.
 */
function sortComputations(declared: readonly AnyAsset[]) {
  const { places, readers, pendingReadCounts } = countPendingReads(declared)
  const rounds = new Map<Computation, number>()
  const ready = [...places.keys()].filter((computation) => pendingReadCounts.get(computation) === 0)
  for (const computation of ready) {
    const round = rounds.get(computation) ?? 0
    rounds.set(computation, round)
    for (const { asset } of computation.outputs)
      for (const reader of readers.get(asset) ?? []) {
        const isNext = (places.get(computation) ?? 0) > (places.get(reader) ?? 0)
        rounds.set(reader, Math.max(rounds.get(reader) ?? 0, isNext ? round + 1 : round))
        const pendingReads = (pendingReadCounts.get(reader) ?? 0) - 1
        pendingReadCounts.set(reader, pendingReads)
        if (pendingReads === 0) ready.push(reader)
      }
  }
  const rankedComputations = ready.map((computation) => ({
    computation,
    rank: (rounds.get(computation) ?? 0) * places.size + (places.get(computation) ?? 0),
  }))
  const computations = rankedComputations
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ computation }) => computation)
  const unsorted = [...places.keys()].filter(
    (computation) => (pendingReadCounts.get(computation) ?? 0) > 0,
  )
  return {
    computations,
    cycle: findCycle(new Set(unsorted)).map((computation) => computation.name),
  }
}

/** The computations with their places among the declarations, who reads which asset, and how many reads each waits for. */
function countPendingReads(declared: readonly AnyAsset[]) {
  const places = new Map<Computation, number>()
  for (const asset of declared)
    if (asset.kind === "asset" && !places.has(asset.computation))
      places.set(asset.computation, places.size)
  const readers = new Map<string, Computation[]>()
  const pendingReadCounts = new Map<Computation, number>()
  for (const computation of places.keys()) {
    let count = 0
    for (const { asset } of computation.reads) {
      if (asset === undefined || asset.kind === "source") continue
      const assetReaders = readers.get(asset.name)
      if (assetReaders === undefined) readers.set(asset.name, [computation])
      else assetReaders.push(computation)
      count += 1
    }
    pendingReadCounts.set(computation, count)
  }
  return { places, readers, pendingReadCounts }
}

/** Of the computations that never became ready, those that read each other: what merely waits for them is no part of it. */
function findCycle(unsorted: ReadonlySet<Computation>): readonly Computation[] {
  let candidates = [...unsorted]
  for (;;) {
    const read = new Set(candidates.flatMap(({ reads }) => reads.map(({ asset }) => asset?.name)))
    const inside = candidates.filter(({ outputs }) => outputs.some(({ asset }) => read.has(asset)))
    if (inside.length === candidates.length) return candidates
    candidates = inside
  }
}

function toCycleProblem(names: readonly string[]): Problem {
  return {
    kind: "cycle",
    message: `These assets read each other in a circle: ${names.join(", ")}.`,
    hint: "An asset may read its own past with previous(); anything else needs one of the reads removed.",
  }
}
