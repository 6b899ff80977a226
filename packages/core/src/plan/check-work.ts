import type { Asset } from "../declare/declaration.ts"
import type { PartitionRange } from "../declare/partition.ts"
import { getCheckVersion } from "../evaluate/check-version.ts"
import { numberGraph } from "../evaluate/numbered-graph.ts"
import { type PartitionSet, getSlice } from "../evaluate/partition-set.ts"
import {
  type Evaluation,
  type ComputationStates,
  stateFlags,
  findOutputIndex,
} from "../evaluate/states.ts"
import { createWindowFinder } from "../evaluate/windows.ts"
import { getAsset } from "../graph/graph.ts"
import {
  type BitsetSlice,
  createBitset,
  isSet,
  setBits,
  listSetRanges,
} from "../partitions/bitset.ts"
import { addReadPartitions } from "./needed-partitions.ts"
import type { Target } from "./targets.ts"

/** The partitions of one asset whose checks will run. */
export interface CheckWork {
  readonly asset: Asset
  readonly ranges: readonly PartitionRange[]
}

/** Lists the fresh partitions of some targets that the current checks have not checked and that no failed check blocks. */
export function listCheckWork(
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
    const asset = getAsset(evaluation.graph, target.name)
    const ranges = listUncheckedRanges(evaluation, { asset, ...target })
    if (ranges.length > 0) work.push({ asset, ranges })
  }
  return work
}

/** Lists the upstream partitions that some steps read of assets with partitions that the current checks have not checked: a failed check blocks these steps. */
export function listUncheckedReads(evaluation: Evaluation, steps: PartitionSet): readonly Target[] {
  const sliceByAsset = new Map<string, BitsetSlice & Pick<Target, "number">>()
  const finder = createWindowFinder(evaluation)
  const getAssetSlice = (name: string, number: number, { length }: ComputationStates) => {
    const slice = sliceByAsset.get(name) ?? { number, bits: createBitset(length), start: 0, length }
    sliceByAsset.set(name, slice)
    return slice
  }
  for (const { number, reads, past, computation } of numberGraph(evaluation.graph).computations) {
    const states = evaluation.states[number]
    if (states === undefined || steps.computationFlags[number] === 0) continue
    const reader = { slice: getSlice(steps, states), from: states.from }
    for (const read of reads) {
      const { maker = -1, reading } = read
      const upstream = evaluation.states[maker]
      if (upstream === undefined || upstream.allChecked) continue
      const slice = getAssetSlice(reading.asset.name, maker, upstream)
      addReadPartitions(finder, { read, reader }, upstream.from, slice)
    }
    const [output] = computation.outputs
    if (past !== undefined && output !== undefined && !states.allChecked)
      addPredecessors(reader.slice, getAssetSlice(output.asset, number, states))
  }
  return [...sliceByAsset].map(([name, { number, ...part }]) => {
    const ranges = listSetRanges(part, evaluation.states[number]?.from ?? 0)
    return { name, number, ranges }
  })
}

/** Adds the predecessors of a slice's partitions, which read the partition before them. */
function addPredecessors({ bits, start, length }: BitsetSlice, predecessors: BitsetSlice): void {
  for (let at = 1; at < length; at += 1)
    if (isSet(bits, start + at)) setBits(predecessors.bits, at - 1, at)
}

function listUncheckedRanges(
  { snapshot, states, versions, flags: column }: Evaluation,
  { asset, number, ranges }: Target & { readonly asset: Asset },
): readonly PartitionRange[] {
  const computationStates = states[number]
  const history = snapshot.histories.get(asset.computation.name)
  if (computationStates === undefined || history === undefined) return []
  const output = findOutputIndex(asset)
  const rules = versions[number]?.checks[output] ?? ""
  const { from, start, length, reverted, checkInputs } = computationStates
  const slice = { bits: createBitset(length), start: 0, length }
  for (const range of ranges) {
    const end = Math.min(range.to - from + 1, length)
    for (let at = Math.max(0, range.from - from); at < end; at += 1) {
      if (
        ((column[start + at] ?? 0) & (stateFlags.fresh | stateFlags.blocked)) !==
        stateFlags.fresh
      )
        continue
      const versionIndex = history.versionIndex[from + at - history.from] ?? 0
      const version = reverted.get(from + at)?.version ?? history.versions[versionIndex - 1]
      if (version?.checks[output]?.version !== getCheckVersion(rules, checkInputs[output], at))
        setBits(slice.bits, at, at + 1)
    }
  }
  return listSetRanges(slice, from)
}
