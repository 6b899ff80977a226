import { getDayStart, getOffsetPeriod } from "../../src/partitions/zone.ts"

/** Twelve zones with every kind of clock change since 2010: both hemispheres, half hours, at midnight, a skipped day, none. */
export const zones = [
  "America/New_York",
  "America/Sao_Paulo",
  "America/St_Johns",
  "Africa/Casablanca",
  "Asia/Kathmandu",
  "Asia/Tehran",
  "Australia/Lord_Howe",
  "Europe/Berlin",
  "Europe/London",
  "Pacific/Apia",
  "Pacific/Chatham",
  "UTC",
] as const

const msPerDay = 86_400_000

/** Lists the instants of a local time, in minutes after midnight, on each day of some years: the first at which the clock shows the time or a later one. A skipped day has none. */
export function listDailyInstants(
  zone: string,
  minutes: number,
  years: { readonly from: number; readonly to: number },
): readonly number[] {
  const firstDay = Date.UTC(years.from, 0, 1) / msPerDay
  const lastDay = Date.UTC(years.to, 11, 31) / msPerDay
  const days = Array.from({ length: lastDay - firstDay + 1 }, (_, index) => firstDay + index)
  return days
    .filter((day) => getDayStart(zone, day) < getDayStart(zone, day + 1))
    .map((day) => findLocalInstant(zone, day * msPerDay + minutes * 60_000))
}

function findLocalInstant(zone: string, localMs: number): number {
  let period = getOffsetPeriod(zone, localMs - msPerDay)
  for (;;) {
    const instantMs = Math.max(period.startMs, localMs - period.offsetMs)
    if (instantMs < period.endMs) return instantMs
    period = getOffsetPeriod(zone, period.endMs)
  }
}
