import type { Computation, SourceAsset } from "../declare/declaration.ts"
import { type Graph, type Reading, listSources } from "../graph/graph.ts"
import type { Fingerprint } from "./fingerprint.ts"
import { computeReadFactor } from "./input-fingerprint.ts"
import { requiresWholeWindow, listReadings } from "./inputs.ts"

/** A graph as planning goes through it: computations are known by their place in the flow, and what is read by numbers. */
export interface NumberedGraph {
  readonly sources: readonly NumberedSource[]
  readonly computations: readonly NumberedComputation[]
  /** Computation → its place among them; asset → that of the computation that makes it. */
  readonly numbers: ReadonlyMap<string, number>
  readonly makers: ReadonlyMap<string, number>
}

/** A source that somebody reads. */
export interface NumberedSource {
  readonly source: SourceAsset
  readonly number: number
}

/** A computation and its place in the flow. */
export interface NumberedComputation {
  readonly computation: Computation
  readonly number: number
  /** Its reads, without that of its own partition before. */
  readonly reads: readonly NumberedRead[]
  /** What the content of its own partition before is multiplied by, if it reads that. */
  readonly past: Fingerprint | undefined
  /** The numbers of its outputs; undefined for one that no other computation reads. */
  readonly outputs: readonly (number | undefined)[]
}

/** A read of another computation's output, or of a source. */
export interface NumberedRead {
  readonly reading: Reading
  readonly upstream: number
  /** The number of the computation that makes the asset; undefined when it is a source. */
  readonly maker: number | undefined
  /** What its content is multiplied by: the halves of a fingerprint, as signed numbers. */
  readonly lowFactor: number
  readonly highFactor: number
  /** Whether its windows move on by one place with each partition: from that `oldest` places on to that `newest` on. */
  readonly isShift: boolean
  readonly oldest: number
  readonly newest: number
  /** Whether a partition can be made from a window that is short or holds nothing, as from any other. */
  readonly isPlain: boolean
}

const graphCache = new WeakMap<Graph, NumberedGraph>()

/** Numbers the assets of a graph, once: the same graph is judged again and again. */
export function numberGraph(graph: Graph): NumberedGraph {
  const cachedGraph = graphCache.get(graph)
  if (cachedGraph !== undefined) return cachedGraph
  const numbers = new Map(graph.computations.map(({ name }, number) => [name, number]))
  const assets = new Map([...listReadAssets(graph)].map((name, number) => [name, number]))
  const computations = graph.computations.map((computation, number) => {
    const readings = listReadings(graph, computation)
    const past = readings.find(({ read }) => read.asset === undefined)
    const reads = readings
      .filter(({ read }) => read.asset !== undefined)
      .map((reading) => numberRead(reading, assets, numbers))
    return {
      computation,
      number,
      reads,
      past: past && computeReadFactor(past.read),
      outputs: computation.outputs.map(({ asset }) => assets.get(asset)),
    }
  })
  const sources = listSources(graph).flatMap((source) => {
    const number = assets.get(source.name)
    return number === undefined ? [] : [{ source, number }]
  })
  const makers = new Map(
    computations.flatMap(({ computation, number }) =>
      computation.outputs.map(({ asset }) => [asset, number] as const),
    ),
  )
  const numbered = { sources, computations, numbers, makers }
  graphCache.set(graph, numbered)
  return numbered
}

/** So many partitions no history has. */
const longestHistory = 2 ** 30

function numberRead(
  reading: Reading,
  assets: ReadonlyMap<string, number>,
  numbers: ReadonlyMap<string, number>,
): NumberedRead {
  const { asset, read, mapping } = reading
  const { low, high } = computeReadFactor(read)
  const isLatest = read.window.kind === "latest"
  const offsets = mapping.kind === "shift" && !isLatest ? mapping.offsets : undefined
  return {
    reading,
    upstream: assets.get(asset.name) ?? -1,
    maker: asset.kind === "asset" ? numbers.get(asset.computation.name) : undefined,
    lowFactor: low | 0,
    highFactor: high | 0,
    isShift: offsets !== undefined,
    oldest: Math.max(offsets?.from ?? 0, -longestHistory),
    newest: offsets?.to ?? 0,
    isPlain: !isLatest && !requiresWholeWindow(read),
  }
}

/** The assets that another computation than their own reads. */
function listReadAssets(graph: Graph): ReadonlySet<string> {
  const names = new Set<string>()
  for (const computation of graph.computations)
    for (const { asset } of computation.reads) if (asset !== undefined) names.add(asset.name)
  return names
}
