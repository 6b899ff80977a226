import type { PartitionRange } from "../declare/partition.ts"
import { dropMarked, isMarked, keepMarked, markBits, rangesOfBits } from "./bits.ts"
import { type Marks, markAfter, markReadersOf, noMarks, partOf } from "./marks.ts"
import { type NumberedComputation, numberedGraph } from "./numbered-graph.ts"
import type { Plan } from "./plan.ts"
import { type Evaluation, type States, facts } from "./states.ts"
import { type WindowFinder, windowFinder } from "./windows.ts"

/** What will be stale once some work has been done, because it was made from what that makes and is not part of it: computation → partitions. */
export function staleAfter(
  evaluation: Evaluation,
  plan: Pick<Plan, "work">,
): ReadonlyMap<string, readonly PartitionRange[]> {
  const planned = plannedMarks(evaluation, plan)
  const marks = { bits: planned.bits.slice(), touched: planned.touched.slice() }
  const affected = { planned, marks, open: noMarks(evaluation), finder: windowFinder(evaluation) }
  const result = new Map<string, readonly PartitionRange[]>()
  for (const computation of numberedGraph(evaluation.graph).computations) {
    const ranges = staleReaders(evaluation, affected, computation)
    if (ranges.length > 0) result.set(computation.computation.name, ranges)
  }
  return result
}

function plannedMarks(evaluation: Evaluation, { work }: Pick<Plan, "work">): Marks {
  const planned = noMarks(evaluation)
  for (const { computation, ranges } of work) {
    const number = evaluation.numbers.get(computation.name) ?? -1
    const states = evaluation.states[number]
    if (states === undefined) continue
    const shift = states.start - states.from
    for (const { from, to } of ranges) markBits(planned.bits, from + shift, to + 1 + shift)
    planned.touched[number] = 1
  }
  return planned
}

interface Affected {
  readonly planned: Marks
  /** What the plan makes, and what is found to read that. */
  readonly marks: Marks
  /** What may be marked: what is planned, and what is there to become stale. */
  readonly open: Marks
  readonly finder: WindowFinder
}

function staleReaders(
  evaluation: Evaluation,
  { planned, marks, open, finder }: Affected,
  computation: NumberedComputation,
): readonly PartitionRange[] {
  const { number, past } = computation
  const states = evaluation.states[number]
  const isRead = markReadersOf(evaluation, marks, finder, computation)
  if (states === undefined || (planned.touched[number] === 0 && !isRead)) return []
  const [own, mayBe] = [partOf(marks, states), partOf(open, states)]
  markOpen(evaluation, planned, open, states)
  marks.touched[number] = keepMarked(own, open.bits) ? 1 : 0
  if (past !== undefined) markAfter(mayBe, own)
  keepMarked(mayBe, marks.bits)
  dropMarked(mayBe, planned.bits)
  return rangesOfBits(mayBe, states.from)
}

function markOpen(
  { facts: column }: Evaluation,
  planned: Marks,
  { bits }: Marks,
  { start, length }: States,
): void {
  for (let at = start; at < start + length; at += 1)
    if (((column[at] ?? 0) & facts.made) !== 0 || isMarked(planned.bits, at))
      markBits(bits, at, at + 1)
}
