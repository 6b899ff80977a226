import type { AnyAsset, Asset, Computation, Read, SourceAsset } from "../declare/declaration.ts"
import { formatRelationName } from "../declare/read.ts"
import { listReads } from "../declare/sql.ts"
import type { Problem } from "../problem.ts"
import { findDeclarationProblems } from "./declaration-problems.ts"
import { type Mapping, buildMapping } from "./mapping.ts"
import { getStableName } from "./stable-name.ts"

/** The declared assets and their lineage. Each computation comes after every computation that it reads. */
export interface Graph {
  readonly assets: ReadonlyMap<string, AnyAsset>
  readonly computations: readonly Computation[]
  /** Asset → the assets and sources that its computation reads, without itself. */
  readonly upstream: ReadonlyMap<string, readonly string[]>
  readonly downstream: ReadonlyMap<string, readonly string[]>
  /** Computation → its reads. */
  readonly readings: ReadonlyMap<string, readonly Reading[]>
  /** Asset → the reads of its checks that its computation does not read; without its own rows and other outputs of its computation. */
  readonly checkReadings: ReadonlyMap<string, readonly Reading[]>
}

/** One read of a computation, with the asset that it reads and the mapping of the partitions. */
export interface Reading {
  readonly read: Read
  readonly asset: AnyAsset
  /** The name of the asset in versions. */
  readonly stableName: string
  readonly mapping: Mapping
  /** The asset whose checks read it; undefined for a read of the computation. */
  readonly checkedAsset: string | undefined
}

/** A graph, or all problems of the declarations. */
export type GraphResult =
  | { readonly kind: "graph"; readonly graph: Graph }
  | { readonly kind: "problems"; readonly problems: readonly Problem[] }

/** Builds the graph of some declarations, or reports all their problems together. */
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
      checkReadings: buildCheckReadings(assets, computations),
    },
  }
}

/** Resolves reads from the partitions of a computation; by default the computation's own reads. */
export function buildReadings(
  assets: Graph["assets"],
  computation: Computation,
  reads: readonly Read[] = computation.reads,
): readonly Reading[] {
  const output = assets.get(computation.outputs[0]?.asset ?? "")
  if (output === undefined) return []
  return reads.map((read) => {
    const asset = read.asset ?? output
    const mapping = buildMapping(read.window, output.partitions, asset.partitions)
    const stableName = getStableName({ assets }, asset)
    return { read, asset, mapping, stableName, checkedAsset: undefined }
  })
}

/** Resolves the further reads of checks; assets whose checks have none are not in the map. */
function buildCheckReadings(
  assets: Graph["assets"],
  computations: readonly Computation[],
): Graph["checkReadings"] {
  const result = new Map<string, readonly Reading[]>()
  for (const computation of computations)
    for (const { asset: name } of computation.outputs) {
      const asset = assets.get(name)
      const reads = asset?.kind === "asset" ? listFurtherReads(asset) : []
      if (reads.length === 0) continue
      const readings = buildReadings(assets, computation, reads)
      const checkReadings = readings.map((reading) => ({ ...reading, checkedAsset: name }))
      result.set(name, checkReadings)
    }
  return result
}

/** The reads of a check's queries that the computation does not have. */
function listFurtherReads(asset: Asset): readonly Read[] {
  const { computation } = asset
  const outputs = new Set(computation.outputs.map(({ asset: output }) => output))
  const relations = new Set(computation.reads.map(formatRelationName))
  return listCheckReads(asset).filter(
    (read) =>
      read.asset !== undefined &&
      !outputs.has(read.asset.name) &&
      !relations.has(formatRelationName(read)),
  )
}

/** The reads of the queries of an asset's checks. */
export function listCheckReads({ checks }: Asset): readonly Read[] {
  return listReads(...checks.flatMap(({ rule }) => (rule.kind === "no_rows" ? [rule.query] : [])))
}

/** The assets that are outputs of a computation. */
export function getOutputs(graph: Graph, computation: Computation): readonly Asset[] {
  return computation.outputs.map((output) => getAsset(graph, output.asset))
}

/** The asset of this name. Throws a TypeError when it does not exist or is a source. */
export function getAsset(graph: Graph, name: string): Asset {
  const asset = graph.assets.get(name)
  if (asset?.kind !== "asset") throw new TypeError(`no asset is named ${name}`)
  return asset
}

/** The sources of a graph, in order of declaration. */
export function listSources(graph: Graph): readonly SourceAsset[] {
  return [...graph.assets.values()].filter((asset) => asset.kind === "source")
}

/** The asset that a read of `computation` refers to; for `previous()` the computation's first output. */
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
 * Sorts computations topologically by Kahn's algorithm, in the order of repeated passes over the declarations that each
 * take the ready ones: a computation's round is the round of the last one that it reads, or the next round when it is
 * declared before that one.
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

/** The place of each computation among the declarations, the readers of each asset, and the number of unsorted reads of each computation. */
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

/** The unsorted computations that read each other, without those that are only downstream of them. */
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
    message: `These assets read each other in a cycle: ${names.join(", ")}.`,
    hint: "Remove one of the reads. An asset may read its own previous partition with previous().",
  }
}
