import type { Computation, SourceAsset } from "../declare/declaration.ts"
import { type Graph, type Reading, listSources } from "../graph/graph.ts"
import type { Fingerprint } from "./fingerprint.ts"
import { computeReadFactor } from "./input-fingerprint.ts"
import { listReadings, listStepReadings, requiresWholeWindow } from "./inputs.ts"

/** A graph with numbers: a computation's number is its place in topological order, an asset's number its place among the assets that are read. */
export interface NumberedGraph {
  readonly sources: readonly NumberedSource[]
  readonly computations: readonly NumberedComputation[]
  /** `numbers`: computation → its number. `makers`: asset → the number of its computation. */
  readonly numbers: ReadonlyMap<string, number>
  readonly makers: ReadonlyMap<string, number>
}

/** A source that a computation reads. */
export interface NumberedSource {
  readonly source: SourceAsset
  readonly number: number
}

/** A computation and its number. */
export interface NumberedComputation {
  readonly computation: Computation
  readonly number: number
  /** Its reads and those of its outputs' checks, without the read of its previous partition. */
  readonly reads: readonly NumberedRead[]
  /** The factor of its previous partition's content; undefined if it does not read that. */
  readonly past: Fingerprint | undefined
  /** The numbers of its outputs; undefined for an output that no computation reads. */
  readonly outputs: readonly (number | undefined)[]
}

/** A read of another computation's output or of a source. */
export interface NumberedRead {
  readonly reading: Reading
  readonly upstream: number
  /** The number of the asset's computation; undefined for a source. */
  readonly maker: number | undefined
  /** The factor of its content: the halves of a fingerprint, as signed numbers. */
  readonly lowFactor: number
  readonly highFactor: number
  /** The place of the output whose checks read it; undefined for a read of the computation. */
  readonly checkedOutput: number | undefined
  /** True when its windows move by one place per partition: partition p reads p + `oldest` to p + `newest`. */
  readonly isShift: boolean
  readonly oldest: number
  readonly newest: number
  /** True when a short or empty window does not block the reader. */
  readonly isPlain: boolean
}

const graphCache = new WeakMap<Graph, NumberedGraph>()

/** Numbers the computations and assets of a graph. The result is cached by graph. */
export function numberGraph(graph: Graph): NumberedGraph {
  const cachedGraph = graphCache.get(graph)
  if (cachedGraph !== undefined) return cachedGraph
  const numbers = new Map(graph.computations.map(({ name }, number) => [name, number]))
  const assets = new Map([...listReadAssets(graph)].map((name, number) => [name, number]))
  const computations = graph.computations.map((computation, number) => {
    const readings = listReadings(graph, computation)
    const past = readings.find(({ read }) => read.asset === undefined)
    const reads = listStepReadings(graph, computation)
      .filter(({ read }) => read.asset !== undefined)
      .map((reading) => ({
        ...numberRead(reading, assets, numbers),
        checkedOutput: findCheckedOutput(computation, reading),
      }))
    return {
      computation,
      number,
      reads,
      past: past && computeReadFactor(past),
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

/** An upper bound of the number of partitions, for offsets that are infinite. */
const longestHistory = 2 ** 30

function findCheckedOutput({ outputs }: Computation, { checkedAsset }: Reading) {
  if (checkedAsset === undefined) return undefined
  return outputs.findIndex(({ asset }) => asset === checkedAsset)
}

function numberRead(
  reading: Reading,
  assets: ReadonlyMap<string, number>,
  numbers: ReadonlyMap<string, number>,
): Omit<NumberedRead, "checkedOutput"> {
  const { asset, read, mapping } = reading
  const { low, high } = computeReadFactor(reading)
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

/** The names of the assets and sources that computations and checks read, without reads of the previous partition. */
function listReadAssets(graph: Graph): ReadonlySet<string> {
  const names = new Set<string>()
  for (const computation of graph.computations)
    for (const { asset } of computation.reads) if (asset !== undefined) names.add(asset.name)
  for (const readings of graph.checkReadings.values())
    for (const { asset } of readings) names.add(asset.name)
  return names
}
