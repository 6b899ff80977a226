const HOUR_MS = 3_600_000
const HOUR_SLOTS = [
  24, 18, 14, 12, 10, 10, 12, 14, 18, 22, 26, 32, 44, 60, 96, 92, 80, 72, 76, 88, 84, 52, 40, 28,
] // of 1,024: a UTC day around New York's trading hours

const slots = HOUR_SLOTS.flatMap((count, hour) =>
  Array.from({ length: count }, (_, part) => ({
    start: (hour + part / count) * HOUR_MS,
    length: HOUR_MS / count,
  })),
)
const starts = Float64Array.from(slots, (slot) => slot.start)
const lengths = Float64Array.from(slots, (slot) => slot.length)

/** Finds the millisecond of the day by which the share `quantile` / 2^32 of the day's events has happened. Monotonic in the quantile. */
export function toTimeOfDay(quantile: number): number {
  const index = quantile >>> 22
  const share = (quantile & 0x3fffff) / 0x400000
  return Math.floor((starts[index] ?? 0) + share * (lengths[index] ?? 0))
}
