import type { Computation } from "../declare/declaration.ts"
import type { PartitionRange } from "../declare/partition.ts"
import { listStepRanges } from "../evaluate/inputs.ts"
import { type Cause, type Status, getStatus } from "../evaluate/staleness.ts"
import { type Evaluation, stateFlagsAt, findStates } from "../evaluate/states.ts"
import {
  type BitsetSlice,
  createBitset,
  isSet,
  setBits,
  listSetRanges,
} from "../partitions/bitset.ts"
import type { Plan, Work } from "./plan.ts"

/** Partitions of one computation that a plan materializes for one reason: their common status, with the causes of all of them. */
export interface ReasonGroup {
  readonly computation: Computation
  readonly ranges: readonly PartitionRange[]
  readonly status: Exclude<Status, { kind: "fresh" }>
}

/** Groups the work of a plan by reason, in the order of the plan. The number of groups does not grow with the number of partitions. */
export function groupByReason(evaluation: Evaluation, plan: Plan): readonly ReasonGroup[] {
  return plan.work.flatMap((work) => groupWork(evaluation, work))
}

function groupWork(evaluation: Evaluation, { computation, ranges }: Work): readonly ReasonGroup[] {
  const partsByState = new Map<string, PartitionRange[]>()
  for (const range of ranges)
    for (const { state, ...part } of splitByState(evaluation, computation, range)) {
      const parts = partsByState.get(state)
      if (parts === undefined) partsByState.set(state, [part])
      else parts.push(part)
    }
  return [...partsByState.values()].flatMap((parts) => {
    const status = mergeStatuses(evaluation, computation, parts)
    return status === undefined ? [] : [{ computation, ranges: parts, status }]
  })
}

/** Splits a range into partitions with the same flags and the same kind of lost file. */
function splitByState(evaluation: Evaluation, computation: Computation, range: PartitionRange) {
  const lostFiles = evaluation.lostFiles?.get(computation.name)
  const parts: { state: string; from: number; to: number }[] = []
  for (let index = range.from; index <= range.to; index += 1) {
    const flags = stateFlagsAt(evaluation, computation, index)
    const state = `${flags} ${lostFiles?.get(index) ?? ""}`
    const last = parts.at(-1)
    if (last?.state === state) last.to = index
    else parts.push({ state, from: index, to: index })
  }
  return parts
}

/** The status of the first partition, with the stale upstreams in the windows of all partitions. */
function mergeStatuses(
  evaluation: Evaluation,
  computation: Computation,
  ranges: readonly PartitionRange[],
): ReasonGroup["status"] | undefined {
  const [first] = ranges
  const status = first && getStatus(evaluation, computation, first.from)
  if (status === undefined || status.kind === "fresh") return undefined
  const otherCauses = status.causes.filter(({ kind }) => kind !== "upstream")
  return {
    ...status,
    causes: [...otherCauses, ...listStaleUpstreams(evaluation, computation, ranges)],
  }
}

function listStaleUpstreams(
  evaluation: Evaluation,
  computation: Computation,
  ranges: readonly PartitionRange[],
): readonly Cause[] {
  const sliceByAsset = new Map<string, { readonly from: number; readonly part: BitsetSlice }>()
  for (const { from, to } of ranges) {
    const ends = listStepRanges(evaluation, computation, to)
    for (const [at, { asset, range }] of listStepRanges(evaluation, computation, from).entries()) {
      const states = asset.kind === "asset" && findStates(evaluation, asset.computation)
      const last = ends[at]?.range?.to
      if (!states || range === undefined || last === undefined) continue
      const { from: first, start, length } = states
      const assetSlice = sliceByAsset.get(asset.name)
      const slice = assetSlice?.part ?? { bits: createBitset(length), start: 0, length }
      sliceByAsset.set(asset.name, { from: first, part: slice })
      for (let place = range.from - first; place <= last - first; place += 1)
        if (isSet(evaluation.stale, start + place)) setBits(slice.bits, place, place + 1)
    }
  }
  return [...sliceByAsset].flatMap(([asset, { from, part }]) => {
    const partitions = listSetRanges(part, from)
    return partitions.length === 0 ? [] : [{ kind: "upstream" as const, asset, partitions }]
  })
}
