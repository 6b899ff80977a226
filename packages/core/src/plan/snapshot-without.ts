import type { PartitionRange } from "../declare/partition.ts"
import { type Fingerprint, type Lanes, runningSums, summandsOf } from "../fingerprint.ts"
import type { EarlierMade, Mark, Snapshot, Timeline } from "./snapshot.ts"

/** Materializations of one computation that are taken out of a snapshot. */
export interface Removal {
  readonly computation: string
  /** The partitions that lose any. */
  readonly ranges: readonly PartitionRange[]
  /** Decides which of a partition's materializations go, by the fingerprint of their inputs. */
  readonly includes: (partition: number, input: Fingerprint) => boolean
}

/** The snapshot of a ledger in which some materializations were never recorded. */
export function snapshotWithout(snapshot: Snapshot, removals: readonly Removal[]): Snapshot {
  const timelines = new Map(snapshot.timelines)
  for (const removal of removals) {
    const timeline = timelines.get(removal.computation)
    if (timeline !== undefined)
      timelines.set(removal.computation, timelineWithout(timeline, removal))
  }
  return { ...snapshot, timelines }
}

/** A timeline that may be changed: contents instead of their running sums. */
interface Columns {
  readonly from: number
  readonly mark: Uint16Array
  /** The lanes of the inputs, then those of each output. */
  readonly lanes: readonly Lanes[]
  readonly marks: Mark[]
}

function timelineWithout(timeline: Timeline, { ranges, includes }: Removal): Timeline {
  const { from, length } = timeline
  const { low, high } = timeline.inputs
  const inputs = { low: low.slice(), high: high.slice() }
  const outputs = timeline.sums.map(summandsOf)
  const [mark, marks] = [timeline.mark.slice(), [...timeline.marks]]
  const columns: Columns = { from, mark, lanes: [inputs, ...outputs], marks }
  const earlier = new Map(timeline.earlier)
  for (const range of ranges) {
    const last = Math.min(range.to, from + length - 1)
    for (let partition = Math.max(range.from, from); partition <= last; partition += 1) {
      const isLeft = ({ input }: EarlierMade): boolean => !includes(partition, input)
      const left = (earlier.get(partition) ?? []).filter(isLeft)
      if (isNewestIn(columns, partition, includes)) replaceNewest(columns, partition, left.shift())
      if (left.length > 0) earlier.set(partition, left)
      else earlier.delete(partition)
    }
  }
  return { from, length, mark, inputs, sums: outputs.map(runningSums), marks, earlier }
}

function isNewestIn(
  { from, mark, lanes: [inputs] }: Columns,
  partition: number,
  includes: Removal["includes"],
): boolean {
  const at = partition - from
  if ((mark[at] ?? 0) === 0) return false
  return includes(partition, { low: inputs?.low[at] ?? 0, high: inputs?.high[at] ?? 0 })
}

/** Puts the next materialization of a partition in the place of its newest one. */
function replaceNewest(
  { from, mark, lanes, marks }: Columns,
  partition: number,
  next: EarlierMade | undefined,
): void {
  const at = partition - from
  mark[at] = next === undefined ? 0 : placeOf(marks, next.mark) + 1
  for (const [place, { low, high }] of lanes.entries()) {
    const value = place === 0 ? next?.input : next?.outputs[place - 1]
    low[at] = value?.low ?? 0
    high[at] = value?.high ?? 0
  }
}

function placeOf(marks: Mark[], mark: Mark): number {
  const place = marks.indexOf(mark)
  return place < 0 ? marks.push(mark) - 1 : place
}
