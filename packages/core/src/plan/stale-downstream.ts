import type { PartitionRange } from "../declare/partition.ts"
import { type NumberedComputation, numberGraph } from "../evaluate/numbered-graph.ts"
import {
  type PartitionSet,
  addSuccessors,
  addReaders,
  createPartitionSet,
  getSlice,
} from "../evaluate/partition-set.ts"
import { type Evaluation, type ComputationStates, stateFlags } from "../evaluate/states.ts"
import { type WindowFinder, createWindowFinder } from "../evaluate/windows.ts"
import { subtractBits, isSet, intersectBits, setBits, listSetRanges } from "../partitions/bitset.ts"
import type { Plan } from "./plan.ts"

/** Finds the materialized partitions downstream of a plan's work that the plan does not contain: they may be stale after it. Computation → partitions. */
export function findStaleDownstream(
  evaluation: Evaluation,
  plan: Pick<Plan, "work">,
): ReadonlyMap<string, readonly PartitionRange[]> {
  const planned = toPlannedSet(evaluation, plan)
  const reached = { bits: planned.bits.slice(), computationFlags: planned.computationFlags.slice() }
  const search = {
    planned,
    reached,
    candidates: createPartitionSet(evaluation),
    finder: createWindowFinder(evaluation),
  }
  const result = new Map<string, readonly PartitionRange[]>()
  for (const computation of numberGraph(evaluation.graph).computations) {
    const ranges = findStaleReaders(evaluation, search, computation)
    if (ranges.length > 0) result.set(computation.computation.name, ranges)
  }
  return result
}

function toPlannedSet(evaluation: Evaluation, { work }: Pick<Plan, "work">): PartitionSet {
  const planned = createPartitionSet(evaluation)
  for (const { computation, ranges } of work) {
    const number = evaluation.numbers.get(computation.name) ?? -1
    const states = evaluation.states[number]
    if (states === undefined) continue
    const shift = states.start - states.from
    for (const { from, to } of ranges) setBits(planned.bits, from + shift, to + 1 + shift)
    planned.computationFlags[number] = 1
  }
  return planned
}

interface ImpactSearch {
  readonly planned: PartitionSet
  /** The planned partitions and their downstream. */
  readonly reached: PartitionSet
  /** The partitions that can be in the result: planned or materialized ones. */
  readonly candidates: PartitionSet
  readonly finder: WindowFinder
}

function findStaleReaders(
  evaluation: Evaluation,
  { planned, reached, candidates, finder }: ImpactSearch,
  computation: NumberedComputation,
): readonly PartitionRange[] {
  const { number, past } = computation
  const states = evaluation.states[number]
  const isRead = addReaders(evaluation, reached, finder, computation)
  if (states === undefined || (planned.computationFlags[number] === 0 && !isRead)) return []
  const [reachedSlice, candidateSlice] = [getSlice(reached, states), getSlice(candidates, states)]
  addCandidates(evaluation, planned, candidates, states)
  reached.computationFlags[number] = intersectBits(reachedSlice, candidates.bits) ? 1 : 0
  if (past !== undefined) addSuccessors(candidateSlice, reachedSlice)
  intersectBits(candidateSlice, reached.bits)
  subtractBits(candidateSlice, planned.bits)
  return listSetRanges(candidateSlice, states.from)
}

function addCandidates(
  { flags: column }: Evaluation,
  planned: PartitionSet,
  { bits }: PartitionSet,
  { start, length }: ComputationStates,
): void {
  for (let at = start; at < start + length; at += 1)
    if (((column[at] ?? 0) & stateFlags.materialized) !== 0 || isSet(planned.bits, at))
      setBits(bits, at, at + 1)
}
