import type { Computation } from "../declare/asset.ts"
import type { SourceAsset } from "../declare/source.ts"
import type { Fingerprint } from "../fingerprint.ts"
import { type Graph, type Reading, sourcesOf } from "../graph/graph.ts"
import { readFactor } from "./input-fingerprint.ts"
import { readingsOf } from "./inputs.ts"

/** A graph as planning goes through it: computations are known by their place in the flow, and what is read by numbers. */
export interface NumberedGraph {
  readonly sources: readonly NumberedSource[]
  readonly computations: readonly NumberedComputation[]
  /** Computation → its place among them. */
  readonly numbers: ReadonlyMap<string, number>
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
  readonly factor: Fingerprint
  /** Whether nobody reads the asset after this. */
  readonly isLast: boolean
}

const known = new WeakMap<Graph, NumberedGraph>()

/** Numbers the assets of a graph, once: the same graph is judged again and again. */
export function numberedGraph(graph: Graph): NumberedGraph {
  const before = known.get(graph)
  if (before !== undefined) return before
  const lastReads = lastReadsOf(graph)
  const numbers = new Map([...lastReads.keys()].map((name, number) => [name, number]))
  const places = new Map(graph.computations.map(({ name }, number) => [name, number]))
  const computations = graph.computations.map((computation, number) => {
    const readings = readingsOf(graph, computation)
    const past = readings.find(({ read }) => read.asset === undefined)
    return {
      computation,
      number,
      reads: readings.flatMap((reading) => {
        const upstream = numbers.get(reading.asset.name)
        if (reading.read.asset === undefined || upstream === undefined) return []
        const isLast = lastReads.get(reading.asset.name) === reading
        const { asset, read } = reading
        const maker = asset.kind === "asset" ? places.get(asset.computation.name) : undefined
        return [{ reading, upstream, maker, factor: readFactor(read), isLast }]
      }),
      past: past && readFactor(past.read),
      outputs: computation.outputs.map(({ asset }) => numbers.get(asset)),
    }
  })
  const sources = sourcesOf(graph).flatMap((source) => {
    const number = numbers.get(source.name)
    return number === undefined ? [] : [{ source, number }]
  })
  const numbered = { sources, computations, numbers: places }
  known.set(graph, numbered)
  return numbered
}

/** Asset → the last read of it by another computation than its own. */
function lastReadsOf(graph: Graph): ReadonlyMap<string, Reading> {
  const lastReads = new Map<string, Reading>()
  for (const computation of graph.computations)
    for (const reading of readingsOf(graph, computation))
      if (reading.read.asset !== undefined) lastReads.set(reading.asset.name, reading)
  return lastReads
}
