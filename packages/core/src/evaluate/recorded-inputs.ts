import type { Computation } from "../declare/declaration.ts"
import type { PartitionRange } from "../declare/partition.ts"
import { toRanges } from "../partitions/range-algebra.ts"
import type { EvaluationInputs } from "./inputs.ts"
import type { ComputationRanges } from "./partition-set.ts"
import { buildPinnedInputs, listReadingsAsLanded } from "./pinned-inputs.ts"
import type { RecordedInputs, RecordedReads } from "./recorded-reads.ts"
import { buildRemovedInputs, findLastRemovable } from "./removed-inputs.ts"
import { type Evaluation, findStates, stateFlags, stateFlagsAt } from "./states.ts"

/**
 * Lists the materialized partitions whose newest rows may be explained by their recorded reads, because they are not
 * fresh with the landed files: they have reads as landed, or may have read files that are no longer landed.
 */
export function listUnexplainedPartitions(evaluation: Evaluation): readonly ComputationRanges[] {
  return evaluation.graph.computations.flatMap((computation) => {
    const isPinned = listReadingsAsLanded(evaluation.graph, computation).length > 0
    const last = isPinned ? Infinity : findLastRemovable(evaluation, computation)
    if (last === undefined) return []
    const ranges = listUnexplained(evaluation, computation, last)
    return ranges.length === 0 ? [] : [{ computation, ranges }]
  })
}

/** Builds the inputs that recorded reads give to partitions in place of the landed files; undefined if there are none. */
export function buildRecordedInputs(
  inputs: EvaluationInputs,
  recordedReads: RecordedReads,
): RecordedInputs | undefined {
  const removedInputs = buildRemovedInputs(inputs, recordedReads)
  const pinnedInputs = buildPinnedInputs(inputs.graph, recordedReads)
  return removedInputs.size + pinnedInputs.size === 0 ? undefined : { removedInputs, pinnedInputs }
}

/** Lists the materialized partitions up to `last` whose newest rows are not fresh. */
function listUnexplained(
  evaluation: Evaluation,
  computation: Computation,
  last: number,
): readonly PartitionRange[] {
  const history = evaluation.snapshot.histories.get(computation.name)
  const reverted = findStates(evaluation, computation)?.reverted
  const partitions: number[] = []
  if (history === undefined) return []
  const end = Math.min(history.length, last - history.from + 1)
  for (let at = 0; at < end; at += 1) {
    const partition = history.from + at
    const flags = stateFlagsAt(evaluation, computation, partition)
    const isFresh = (flags & stateFlags.fresh) !== 0 && reverted?.has(partition) !== true
    if (history.versionIndex[at] !== 0 && !isFresh) partitions.push(partition)
  }
  return toRanges(partitions)
}
