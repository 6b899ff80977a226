import type { PartitionRow } from "../../api/documents.ts"

/** A selected range among listed partitions, by position in the order of time. */
export interface SelectedRange {
  readonly anchor: number
  readonly end: number
}

/** Finds a range among rows by the keys of its ends; undefined when one of them is not listed. */
export function findRange(
  rows: readonly PartitionRow[],
  from: string | undefined,
  to: string | undefined,
): SelectedRange | undefined {
  const anchor = rows.findIndex(({ key }) => key === from)
  const end = rows.findIndex(({ key }) => key === to)
  return anchor === -1 || end === -1 ? undefined : { anchor, end }
}

/** Returns the first and the last position of a range. */
export function getEnds({ anchor, end }: SelectedRange): readonly [first: number, last: number] {
  return [Math.min(anchor, end), Math.max(anchor, end)]
}

/** Tests whether a position is selected. */
export function isInRange(range: SelectedRange | undefined, at: number): boolean {
  if (range === undefined) return false
  const [first, last] = getEnds(range)
  return first <= at && at <= last
}

/** Moves the end of a range by keys; with Shift the other end stays. */
export function moveRange(
  range: SelectedRange | undefined,
  { key, shiftKey }: { readonly key: string; readonly shiftKey: boolean },
  count: number,
): SelectedRange | undefined {
  const from = range?.end ?? count
  const ends: Readonly<Record<string, number>> = {
    ArrowLeft: from - 1,
    ArrowRight: from + 1,
    Home: 0,
    End: count - 1,
  }
  const target = ends[key]
  if (target === undefined) return undefined
  const end = Math.max(0, Math.min(count - 1, target))
  return { anchor: shiftKey ? (range?.anchor ?? end) : end, end }
}
