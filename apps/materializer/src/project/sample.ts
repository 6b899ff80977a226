import { type PartitionRange, partitionCount, rangesOf } from "@freshet/core"

import type { Random } from "../demo-data/random.ts"

/** A share of some partitions by chance, the newest among them: one at least, if there is any. */
export function sampleOf(
  ranges: readonly PartitionRange[],
  percent: number,
  random: Random,
): readonly PartitionRange[] {
  const total = partitionCount(ranges)
  if (total === 0 || percent >= 100) return ranges
  const wanted = Math.max(1, Math.ceil((total * percent) / 100 - 1e-9))
  const places = new Set([total - 1])
  // Floyd's algorithm: each choice of the others is equally likely, in as many steps as there are to choose
  for (let last = total - wanted; last < total - 1; last += 1) {
    const place = random.below(last + 1)
    places.add(places.has(place) ? last : place)
  }
  return rangesOf(
    partitionsAt(
      ranges,
      [...places].toSorted((a, b) => a - b),
    ),
  )
}

/** The partitions at ascending places, counted through all ranges. */
function* partitionsAt(
  ranges: readonly PartitionRange[],
  places: readonly number[],
): Iterable<number> {
  let before = 0
  let at = 0
  for (const { from, to } of ranges) {
    const length = to - from + 1
    for (; at < places.length && (places[at] ?? 0) < before + length; at += 1)
      yield from + (places[at] ?? 0) - before
    before += length
  }
}
