import { createRandom } from "@freshet/core/engine"

const FEWEST_DAYS = 5

/** Draws the days without an activity file: one in ten, at least one of five or more, never the first or the last. */
export function chooseMissingDays(
  seed: number,
  range: { readonly from: number; readonly to: number },
): ReadonlySet<number> {
  const days = range.to - range.from + 1
  if (days < FEWEST_DAYS) return new Set()
  const count = Math.max(1, Math.round(days / 10))
  const lots = Array.from({ length: days - 2 }, (_, index) => {
    const day = range.from + 1 + index
    return { day, lot: createRandom(seed, "missing", day).next() }
  })
  lots.sort((a, b) => a.lot - b.lot || a.day - b.day)
  return new Set(lots.slice(0, count).map(({ day }) => day))
}
