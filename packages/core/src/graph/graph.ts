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
  const result = new Map<string, string[]>()
  for (const name of edges.keys()) result.set(name, [])
  for (const [from, targets] of edges)
    for (const target of targets) {
      const known = result.get(target)
      if (known !== undefined && known.at(-1) !== from) known.push(from)
    }
  return result
}

/**
 * Kahn's algorithm over computations. They stand as if one went through the declarations again and again and each
 * time took those that are ready: a computation's round is that of what it reads, or the next one when it is
 * declared before that.
 */
function inOrder(declared: readonly AnyAsset[]) {
  const { places, readers, waitsFor } = waitingIn(declared)
  const rounds = new Map<Computation, number>()
  const ready = [...places.keys()].filter((computation) => waitsFor.get(computation) === 0)
  for (const computation of ready) {
    const round = rounds.get(computation) ?? 0
    rounds.set(computation, round)
    for (const { asset } of computation.outputs)
      for (const reader of readers.get(asset) ?? []) {
        const isNext = (places.get(computation) ?? 0) > (places.get(reader) ?? 0)
        rounds.set(reader, Math.max(rounds.get(reader) ?? 0, isNext ? round + 1 : round))
        const left = (waitsFor.get(reader) ?? 0) - 1
        waitsFor.set(reader, left)
        if (left === 0) ready.push(reader)
      }
  }
  const keyed = ready.map((each) => ({
    each,
    key: (rounds.get(each) ?? 0) * places.size + (places.get(each) ?? 0),
  }))
  const computations = keyed.toSorted((a, b) => a.key - b.key).map(({ each }) => each)
  const never = [...places.keys()].filter((computation) => (waitsFor.get(computation) ?? 0) > 0)
  return { computations, cycle: circle(new Set(never)).map((computation) => computation.name) }
}

/** The computations with their places among the declarations, who reads which asset, and how many reads each waits for. */
function waitingIn(declared: readonly AnyAsset[]) {
  const places = new Map<Computation, number>()
  for (const asset of declared)
    if (asset.kind === "asset" && !places.has(asset.computation))
      places.set(asset.computation, places.size)
  const readers = new Map<string, Computation[]>()
  const waitsFor = new Map<Computation, number>()
  for (const computation of places.keys()) {
    let count = 0
    for (const { asset } of computation.reads) {
      if (asset === undefined || asset.kind === "source") continue
      const known = readers.get(asset.name)
      if (known === undefined) readers.set(asset.name, [computation])
      else known.push(computation)
      count += 1
    }
    waitsFor.set(computation, count)
  }
  return { places, readers, waitsFor }
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
