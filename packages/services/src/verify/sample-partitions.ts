import { countPartitions, type PartitionRange, type Random, toRanges } from "@freshet/core/engine"

/** Chooses a random share of some partitions, at least one, with the newest among them. */
export function samplePartitions(
  ranges: readonly PartitionRange[],
  percent: number,
  random: Random,
): readonly PartitionRange[] {
  const total = countPartitions(ranges)
  if (total === 0 || percent >= 100) return ranges
  const sampleSize = Math.max(1, Math.ceil((total * percent) / 100 - 1e-9))
  const places = new Set([total - 1])
  // Floyd's algorithm: each choice of the others is equally likely, in as many steps as there are to choose
  for (let last = total - sampleSize; last < total - 1; last += 1) {
    const place = random.below(last + 1)
    places.add(places.has(place) ? last : place)
  }
  return toRanges(
    listPartitionsAt(
      ranges,
      [...places].toSorted((a, b) => a - b),
    ),
  )
}

/** Lists the partitions at ascending places of all ranges. */
function* listPartitionsAt(
  ranges: readonly PartitionRange[],
  places: readonly number[],
): Iterable<number> {
  let offset = 0
  let placeIndex = 0
  for (const { from, to } of ranges) {
    const length = to - from + 1
    for (
      ;
      placeIndex < places.length && (places[placeIndex] ?? 0) < offset + length;
      placeIndex += 1
    )
      yield from + (places[placeIndex] ?? 0) - offset
    offset += length
  }
}
