import type { Extents } from "../graph/extent.ts"
import { bitsOf } from "./bits.ts"
import { sourceSums } from "./content-sums.ts"
import { deskOf } from "./desk.ts"
import type { World } from "./inputs.ts"
import { judge } from "./judge.ts"
import { type NumberedComputation, numberedGraph } from "./numbered-graph.ts"
import type { Snapshot } from "./snapshot.ts"
import type { Evaluation, States } from "./states.ts"
import { type Hash, type ParsedQueries, versionsOf } from "./version.ts"
import type { Span } from "./windows.ts"

/** Judges every partition: fresh means that something is kept which was made from exactly what would be read now. */
export function evaluate(
  world: World,
  snapshot: Snapshot,
  parsed: ParsedQueries,
  hash: Hash,
): Evaluation {
  const { graph } = world
  const { sources, computations, numbers } = numberedGraph(graph)
  const versions = versionsOf(graph, parsed, hash)
  const { spans, starts, total, longest } = roomFor(world, computations)
  const states: States[] = []
  const columns = { facts: new Uint8Array(total), stale: bitsOf(total) }
  const evaluation: Evaluation = { ...world, snapshot, numbers, versions, states, ...columns }
  const desk = deskOf(evaluation, longest)
  for (const { source, number } of sources) desk.sums[number] = sourceSums(world, source)
  for (const [number, computation] of computations.entries()) {
    const span = spans[number]
    const start = starts[number] ?? 0
    states.push(span === undefined ? noStates : judge(desk, computation, span, start))
  }
  return evaluation
}

const noStates: States = {
  from: 0,
  length: 0,
  start: 0,
  allFresh: true,
  anyWaits: false,
  allChecked: true,
  restored: new Map(),
}

/** Where the partitions of each computation lie in the columns that all share: each begins with a word of marks. */
interface Room {
  readonly computations: readonly NumberedComputation[]
  readonly spans: readonly (Span | undefined)[]
  readonly starts: Int32Array
  readonly total: number
  readonly longest: number
}

const known = new WeakMap<Extents, Room>()

/** The room for what exists, measured once: the same world is judged again and again. */
function roomFor({ extents }: World, computations: readonly NumberedComputation[]): Room {
  const before = known.get(extents)
  if (before?.computations === computations) return before
  const starts = new Int32Array(computations.length)
  let [total, longest] = [0, 0]
  const spans = computations.map(({ computation }, number): Span | undefined => {
    starts[number] = total
    const extent = extents.get(computation.outputs[0]?.asset ?? "")
    if (extent === undefined) return undefined
    const length = extent.to - extent.from + 1
    total += (length + 31) & ~31
    longest = Math.max(longest, length)
    return { from: extent.from, length }
  })
  const room = { computations, spans, starts, total, longest }
  known.set(extents, room)
  return room
}
