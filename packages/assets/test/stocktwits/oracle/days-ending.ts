/** The `count` calendar days that end at `day`, oldest first: ("2026-03-01", 2) → 02-28, 03-01. */
export function listDaysEnding(day: string, count: number): readonly string[] {
  const last = new Date(`${day}T00:00:00Z`).getTime()
  return Array.from({ length: count }, (_, index) => {
    const at = new Date(last - (count - 1 - index) * 86_400_000)
    return at.toISOString().slice(0, 10)
  })
}
