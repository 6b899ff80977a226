const dayMs = 86_400_000

/** Says if a partition key is a day: `2026-01-05`. */
export function isDay(key: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(key)
}

/** Returns the day that lies some days after another. */
export function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * dayMs).toISOString().slice(0, 10)
}

/** Counts the days from one to another. */
export function countDaysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / dayMs)
}

/** Lists the days of a range, at most a limit of them. */
export function listDays(
  { from, to }: { readonly from: string; readonly to: string },
  limit = 1000,
) {
  const count = Math.min(limit, countDaysBetween(from, to) + 1)
  return Array.from({ length: Math.max(0, count) }, (_, at) => addDays(from, at))
}
