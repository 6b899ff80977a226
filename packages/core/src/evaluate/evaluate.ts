import { createBitset } from "../partitions/bitset.ts"
import { sumSource } from "./content-sums.ts"
import { type Hash, type ParsedQueries, getDeclaredVersions } from "./declared-versions.ts"
import { evaluateComputation } from "./evaluate-computation.ts"
import { createEvaluationContext } from "./evaluation-context.ts"
import type { EvaluationInputs } from "./inputs.ts"
import type { LedgerSnapshot } from "./ledger-snapshot.ts"
import { type NumberedComputation, numberGraph } from "./numbered-graph.ts"
import type { PartitionBounds } from "./partition-bounds.ts"
import type { Evaluation, ComputationStates } from "./states.ts"
import type { PartitionSpan } from "./windows.ts"

/** Evaluates every partition by the fingerprints of its inputs. `proveFreshness` verifies the partitions that are fresh by fingerprint. */
export function evaluate(
  inputs: EvaluationInputs,
  snapshot: LedgerSnapshot,
  parsed: ParsedQueries,
  hash: Hash,
): Evaluation {
  const { graph } = inputs
  const { sources, computations, numbers } = numberGraph(graph)
  const versions = getDeclaredVersions(graph, parsed, hash)
  const { spans, starts, total, longest } = getColumnLayout(inputs, computations)
  const states: ComputationStates[] = []
  const columns = { flags: new Uint8Array(total), stale: createBitset(total) }
  const evaluation: Evaluation = { ...inputs, snapshot, numbers, versions, states, ...columns }
  const evaluationContext = createEvaluationContext(evaluation, longest)
  for (const { source, number } of sources)
    evaluationContext.sums[number] = sumSource(inputs, source)
  for (const [number, computation] of computations.entries()) {
    const span = spans[number]
    const start = starts[number] ?? 0
    states.push(
      span === undefined
        ? emptyStates
        : evaluateComputation(evaluationContext, computation, span, start),
    )
  }
  return evaluation
}

const emptyStates: ComputationStates = {
  from: 0,
  length: 0,
  start: 0,
  allFresh: true,
  anyBlocked: false,
  allChecked: true,
  reverted: new Map(),
  checkInputs: [],
}

/** The places of each computation's partitions in the columns of an evaluation; each computation begins at a multiple of 32, a word of the bitset. */
interface ColumnLayout {
  readonly computations: readonly NumberedComputation[]
  readonly spans: readonly (PartitionSpan | undefined)[]
  readonly starts: Int32Array
  readonly total: number
  readonly longest: number
}

const layoutByBounds = new WeakMap<PartitionBounds, ColumnLayout>()

/** Lays out the columns for all partitions. The result is cached by bounds. */
function getColumnLayout(
  { bounds }: EvaluationInputs,
  computations: readonly NumberedComputation[],
): ColumnLayout {
  const cachedLayout = layoutByBounds.get(bounds)
  if (cachedLayout?.computations === computations) return cachedLayout
  const starts = new Int32Array(computations.length)
  let [total, longest] = [0, 0]
  const spans = computations.map(({ computation }, number): PartitionSpan | undefined => {
    starts[number] = total
    const range = bounds.get(computation.outputs[0]?.asset ?? "")
    if (range === undefined) return undefined
    const length = range.to - range.from + 1
    total += (length + 31) & ~31
    longest = Math.max(longest, length)
    return { from: range.from, length }
  })
  const layout = { computations, spans, starts, total, longest }
  layoutByBounds.set(bounds, layout)
  return layout
}
