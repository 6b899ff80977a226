import type { Asset } from "../declare/asset.ts"
import type { PartitionRange } from "../declare/partition.ts"
import { assetNamed } from "../graph/graph.ts"
import { bitsOf, markBits, rangesOfBits } from "./bits.ts"
import type { CheckWork } from "./plan.ts"
import type { Mark } from "./snapshot.ts"
import { type Evaluation, facts, outputOf } from "./states.ts"
import type { Target } from "./targets.ts"

/** Fresh targets whose checks are not the ones that ran last, and that do not stand on refused rows. */
export function checkWork(
  evaluation: Evaluation,
  targets: readonly Target[],
): readonly CheckWork[] {
  const due = targets.filter(({ number }) => evaluation.states[number]?.allChecked === false)
  if (due.length === 0) return []
  const work: CheckWork[] = []
  for (const target of due) {
    const asset = assetNamed(evaluation.graph, target.name)
    const ranges = uncheckedRanges(evaluation, { asset, ...target })
    if (ranges.length > 0) work.push({ asset, ranges })
  }
  return work
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
