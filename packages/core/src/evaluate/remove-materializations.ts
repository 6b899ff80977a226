import type { PartitionRange } from "../declare/partition.ts"
import { type Fingerprint, type Lanes, buildRunningSums, toDifferences } from "./fingerprint.ts"
import type {
  EarlierMaterialization,
  MaterializationVersion,
  LedgerSnapshot,
  MaterializationHistory,
} from "./ledger-snapshot.ts"

/** Materializations of one computation to be removed from a snapshot. */
export interface Removal {
  readonly computation: string
  /** The partitions that lose materializations. */
  readonly ranges: readonly PartitionRange[]
  /** Decides which materializations of a partition are removed, by their input fingerprint. */
  readonly includes: (partition: number, input: Fingerprint) => boolean
}

/** Removes materializations from a snapshot: the result equals the snapshot of a ledger that never recorded them. */
export function removeMaterializations(
  snapshot: LedgerSnapshot,
  removals: readonly Removal[],
): LedgerSnapshot {
  const histories = new Map(snapshot.histories)
  for (const removal of removals) {
    const history = histories.get(removal.computation)
    if (history !== undefined)
      histories.set(removal.computation, removeFromHistory(history, removal))
  }
  return { ...snapshot, histories }
}

/** A history under change: it has contents instead of their running sums. */
interface HistoryColumns {
  readonly from: number
  readonly versionIndex: Uint16Array
  /** The lanes of the inputs, then the lanes of each output. */
  readonly lanes: readonly Lanes[]
  readonly versions: MaterializationVersion[]
}

function removeFromHistory(
  history: MaterializationHistory,
  { ranges, includes }: Removal,
): MaterializationHistory {
  const { from, length } = history
  const { low, high } = history.inputs
  const inputs = { low: low.slice(), high: high.slice() }
  const outputs = history.sums.map(toDifferences)
  const [versionIndex, versions] = [history.versionIndex.slice(), [...history.versions]]
  const columns: HistoryColumns = { from, versionIndex, lanes: [inputs, ...outputs], versions }
  const earlier = new Map(history.earlier)
  for (const range of ranges) {
    const last = Math.min(range.to, from + length - 1)
    for (let partition = Math.max(range.from, from); partition <= last; partition += 1) {
      const isRetained = ({ input }: EarlierMaterialization): boolean => !includes(partition, input)
      const retained = (earlier.get(partition) ?? []).filter(isRetained)
      if (isNewestIn(columns, partition, includes))
        replaceNewest(columns, partition, retained.shift())
      if (retained.length > 0) earlier.set(partition, retained)
      else earlier.delete(partition)
    }
  }
  return {
    from,
    length,
    versionIndex,
    inputs,
    sums: outputs.map(buildRunningSums),
    versions,
    earlier,
  }
}

function isNewestIn(
  { from, versionIndex, lanes: [inputs] }: HistoryColumns,
  partition: number,
  includes: Removal["includes"],
): boolean {
  const at = partition - from
  if ((versionIndex[at] ?? 0) === 0) return false
  return includes(partition, { low: inputs?.low[at] ?? 0, high: inputs?.high[at] ?? 0 })
}

/** Replaces the newest materialization of a partition by the next older one, if any. */
function replaceNewest(
  { from, versionIndex, lanes, versions }: HistoryColumns,
  partition: number,
  successor: EarlierMaterialization | undefined,
): void {
  const at = partition - from
  versionIndex[at] = successor === undefined ? 0 : findVersionIndex(versions, successor.version) + 1
  for (const [place, { low, high }] of lanes.entries()) {
    const value = place === 0 ? successor?.input : successor?.outputs[place - 1]
    low[at] = value?.low ?? 0
    high[at] = value?.high ?? 0
  }
}

function findVersionIndex(
  versions: MaterializationVersion[],
  version: MaterializationVersion,
): number {
  const place = versions.indexOf(version)
  return place < 0 ? versions.push(version) - 1 : place
}
