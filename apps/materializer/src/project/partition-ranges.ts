import type { PartitionRange } from "@freshet/core"

/** The partitions that are in both of two lists of ascending ranges. */
export function commonRanges(
  left: readonly PartitionRange[],
  right: readonly PartitionRange[],
): readonly PartitionRange[] {
  const common: PartitionRange[] = []
  let [at, place] = [0, 0]
  for (;;) {
    const [one, other] = [left[at], right[place]]
    if (one === undefined || other === undefined) return common
    const [from, to] = [Math.max(one.from, other.from), Math.min(one.to, other.to)]
    if (from <= to) common.push({ from, to })
    if (one.to < other.to) at += 1
    else place += 1
  }
}

/** What is left of some ascending ranges without others. */
export function rangesWithout(
  ranges: readonly PartitionRange[],
  others: readonly PartitionRange[],
): readonly PartitionRange[] {
  const ends = others.map(({ to }) => to + 1)
  const between = [-Infinity, ...ends].map((from, at) => ({
    from,
    to: (others[at]?.from ?? Infinity) - 1,
  }))
  return commonRanges(ranges, between)
}

/** Those of the partitions of some ascending ranges that are meant, as ranges: no others are looked at. */
export function rangesAmong(
  ranges: readonly PartitionRange[],
  isMeant: (partition: number) => boolean,
): readonly PartitionRange[] {
  return ranges.flatMap(({ from, to }) => {
    const meant: PartitionRange[] = []
    for (let at = from; at <= to; at += 1) {
      if (!isMeant(at)) continue
      const first = at
      while (at < to && isMeant(at + 1)) at += 1
      meant.push({ from: first, to: at })
    }
    return meant
  })
}

/** The last `most` partitions of some ranges. */
export function newestOf(
  ranges: readonly PartitionRange[],
  most: number,
): readonly PartitionRange[] {
  const newest: PartitionRange[] = []
  let left = most
  for (const { from, to } of ranges.toReversed()) {
    if (left <= 0) break
    newest.push({ from: Math.max(from, to - left + 1), to })
    left -= to - from + 1
  }
  return newest.toReversed()
}
