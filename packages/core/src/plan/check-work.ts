import type { Asset } from "../declare/asset.ts"
import type { PartitionRange } from "../declare/partition.ts"
import { assetNamed } from "../graph/graph.ts"
import { type BitsPart, bitsOf, isMarked, markBits, rangesOfBits } from "./bits.ts"
import { type Marks, partOf } from "./marks.ts"
import { markFound } from "./needed.ts"
import { numberedGraph } from "./numbered-graph.ts"
import type { CheckWork } from "./plan.ts"
import type { Mark } from "./snapshot.ts"
import { type Evaluation, type States, facts, outputOf } from "./states.ts"
import type { Target } from "./targets.ts"
import { windowFinder } from "./windows.ts"

/** The fresh partitions among some targets whose checks are not the ones that ran last, and that do not stand on refused rows. */
export function checkWork(
  evaluation: Evaluation,
  targets: readonly Target[],
): readonly CheckWork[] {
  const due = new Map<string, Target>()
  for (const target of targets) {
    if (evaluation.states[target.number]?.allChecked !== false) continue
    const ranges = [...(due.get(target.name)?.ranges ?? []), ...target.ranges]
    due.set(target.name, { ...target, ranges })
  }
  const work: CheckWork[] = []
  for (const target of due.values()) {
    const asset = assetNamed(evaluation.graph, target.name)
    const ranges = uncheckedRanges(evaluation, { asset, ...target })
    if (ranges.length > 0) work.push({ asset, ranges })
  }
  return work
}

/** What some steps read of assets of which not everything was checked by the checks of today: nobody goes on from rows that these refuse. */
export function readUnchecked(evaluation: Evaluation, steps: Marks): readonly Target[] {
  const found = new Map<string, BitsPart & Pick<Target, "number">>()
  const finder = windowFinder(evaluation)
  const partOfAsset = (name: string, number: number, { length }: States) => {
    const part = found.get(name) ?? { number, bits: bitsOf(length), start: 0, length }
    found.set(name, part)
    return part
  }
  for (const { number, reads, past, computation } of numberedGraph(evaluation.graph).computations) {
    const states = evaluation.states[number]
    if (states === undefined || steps.touched[number] === 0) continue
    const reader = { own: partOf(steps, states), from: states.from }
    for (const read of reads) {
      const { maker = -1, reading } = read
      const upstream = evaluation.states[maker]
      if (upstream === undefined || upstream.allChecked) continue
      const part = partOfAsset(reading.asset.name, maker, upstream)
      markFound(finder, { read, reader }, upstream.from, part)
    }
    const [output] = computation.outputs
    if (past !== undefined && output !== undefined && !states.allChecked)
      markBefore(reader.own, partOfAsset(output.asset, number, states))
  }
  return [...found].map(([name, { number, ...part }]) => {
    const ranges = rangesOfBits(part, evaluation.states[number]?.from ?? 0)
    return { name, number, ranges }
  })
}

/** Each partition reads the one before it. */
function markBefore({ bits, start, length }: BitsPart, before: BitsPart): void {
  for (let at = 1; at < length; at += 1)
    if (isMarked(bits, start + at)) markBits(before.bits, at - 1, at)
}

function uncheckedRanges(
  { snapshot, states, versions, facts: column }: Evaluation,
  { asset, number, ranges }: Target & { readonly asset: Asset },
): readonly PartitionRange[] {
  const own = states[number]
  const timeline = snapshot.timelines.get(asset.computation.name)
  if (own === undefined || timeline === undefined) return []
  const output = outputOf(asset)
  const isUnchecked = (mark: Mark): boolean =>
    mark.checks[output]?.version !== versions[number]?.checks[output]
  const unchecked = [true, ...timeline.marks.map(isUnchecked)]
  const { from, start, length, restored } = own
  const part = { bits: bitsOf(length), start: 0, length }
  for (const range of ranges) {
    const end = Math.min(range.to - from + 1, length)
    for (let at = Math.max(0, range.from - from); at < end; at += 1) {
      if (((column[start + at] ?? 0) & (facts.fresh | facts.waits)) !== facts.fresh) continue
      const earlier = restored.get(from + at)
      const mark = timeline.mark[from + at - timeline.from] ?? 0
      if (earlier === undefined ? unchecked[mark] === true : isUnchecked(earlier.mark))
        markBits(part.bits, at, at + 1)
    }
  }
  return rangesOfBits(part, from)
}
