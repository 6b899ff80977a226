import type { Computation } from "../declare/asset.ts"
import type { PartitionRange } from "../declare/partition.ts"
import { type BitsPart, bitsOf, isMarked, markBits, rangesOfBits } from "./bits.ts"
import { readRanges } from "./inputs.ts"
import type { Plan, Work } from "./plan.ts"
import { type Cause, type Status, statusAt } from "./staleness.ts"
import { type Evaluation, factsAt, statesOf } from "./states.ts"

/** Partitions of one computation that a plan makes for one reason: the status that they share, its causes taken together. */
export interface ReasonGroup {
  readonly computation: Computation
  readonly ranges: readonly PartitionRange[]
  readonly status: Exclude<Status, { kind: "fresh" }>
}

/** The work of a plan by reason, in its order; as many groups as there are kinds of reason, not as there are partitions. */
export function reasonGroups(evaluation: Evaluation, plan: Plan): readonly ReasonGroup[] {
  return plan.work.flatMap((work) => groupsOf(evaluation, work))
}

function groupsOf(evaluation: Evaluation, { computation, ranges }: Work): readonly ReasonGroup[] {
  const byBits = new Map<number, PartitionRange[]>()
  for (const range of ranges)
    for (const { bits, ...part } of splitByFacts(evaluation, computation, range)) {
      const known = byBits.get(bits)
      if (known === undefined) byBits.set(bits, [part])
      else known.push(part)
    }
  return [...byBits.values()].flatMap((parts) => {
    const status = sharedStatus(evaluation, computation, parts)
    return status === undefined ? [] : [{ computation, ranges: parts, status }]
  })
}

function splitByFacts(evaluation: Evaluation, computation: Computation, range: PartitionRange) {
  const parts: { bits: number; from: number; to: number }[] = []
  for (let index = range.from; index <= range.to; index += 1) {
    const bits = factsAt(evaluation, computation, index)
    const last = parts.at(-1)
    if (last?.bits === bits) last.to = index
    else parts.push({ bits, from: index, to: index })
  }
  return parts
}

/** The status of the first partition, with what is stale in the windows of all of them. */
function sharedStatus(
  evaluation: Evaluation,
  computation: Computation,
  ranges: readonly PartitionRange[],
): ReasonGroup["status"] | undefined {
  const [first] = ranges
  const status = first && statusAt(evaluation, computation, first.from)
  if (status === undefined || status.kind === "fresh") return undefined
  const own = status.causes.filter(({ kind }) => kind !== "upstream")
  return { ...status, causes: [...own, ...staleUpstreams(evaluation, computation, ranges)] }
}

function staleUpstreams(
  evaluation: Evaluation,
  computation: Computation,
  ranges: readonly PartitionRange[],
): readonly Cause[] {
  const found = new Map<string, { readonly from: number; readonly part: BitsPart }>()
  for (const { from, to } of ranges) {
    const ends = readRanges(evaluation, computation, to)
    for (const [at, { asset, range }] of readRanges(evaluation, computation, from).entries()) {
      const states = asset.kind === "asset" && statesOf(evaluation, asset.computation)
      const last = ends[at]?.range?.to
      if (!states || range === undefined || last === undefined) continue
      const { from: first, start, length } = states
      const known = found.get(asset.name)
      const part = known?.part ?? { bits: bitsOf(length), start: 0, length }
      found.set(asset.name, { from: first, part })
      for (let place = range.from - first; place <= last - first; place += 1)
        if (isMarked(evaluation.stale, start + place)) markBits(part.bits, place, place + 1)
    }
  }
  return [...found].flatMap(([asset, { from, part }]) => {
    const partitions = rangesOfBits(part, from)
    return partitions.length === 0 ? [] : [{ kind: "upstream" as const, asset, partitions }]
  })
}
