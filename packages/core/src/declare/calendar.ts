const MS_PER_DAY = 86_400_000

/** The index of the day written `YYYY-MM-DD`, counted from 1970-01-01; undefined when it is no day of the calendar. */
export function findDay(key: string): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(key)
  if (match === null) return undefined
  const day = dayOf(Number(match[1]), Number(match[2]), Number(match[3]))
  return dayKey(day) === key ? day : undefined
}

/** A day as people write it: `2026-01-05`. */
export function dayKey(day: number): string {
  return new Date(day * MS_PER_DAY).toISOString().slice(0, 10)
}

/** The ISO week that holds the day: weeks begin on Mondays and count from that of 1970-01-01. */
export function weekOf(day: number): number {
  return Math.floor((day + 3) / 7) // 1970-01-01 is a Thursday
}

/** The Monday of a week. */
export function firstDayOfWeek(week: number): number {
  return week * 7 - 3
}

/** The index of the ISO week written `YYYY-Www`; undefined when its year has no such week. */
export function findWeek(key: string): number | undefined {
  const match = /^(\d{4})-W(\d{2})$/.exec(key)
  if (match === null) return undefined
  const firstOfYear = weekOf(dayOf(Number(match[1]), 1, 4)) // by ISO 8601 the week of January 4
  const week = firstOfYear + Number(match[2]) - 1
  return weekKey(week) === key ? week : undefined
}

/** A week as people write it: `2026-W02`. Its year is that of its Thursday. */
export function weekKey(week: number): string {
  const thursday = firstDayOfWeek(week) + 3
  const year = new Date(thursday * MS_PER_DAY).getUTCFullYear()
  const number = Math.floor((thursday - dayOf(year, 1, 1)) / 7) + 1
  return `${padded(year, 4)}-W${padded(number, 2)}`
}

/** The month that holds the day, counted from 1970-01. */
export function monthOf(day: number): number {
  const date = new Date(day * MS_PER_DAY)
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth()
}

/** The first day of a month. */
export function firstDayOfMonth(month: number): number {
  return dayOf(1970, month + 1, 1)
}

/** The index of the month written `YYYY-MM`; undefined when it is no month. */
export function findMonth(key: string): number | undefined {
  const day = findDay(`${key}-01`)
  return day === undefined ? undefined : monthOf(day)
}

/** A month as people write it: `2026-01`. */
export function monthKey(month: number): string {
  return dayKey(firstDayOfMonth(month)).slice(0, 7)
}

/** Months beyond the year's twelve count on into the next years. */
function dayOf(year: number, month: number, dayOfMonth: number): number {
  return Date.UTC(year, month - 1, dayOfMonth) / MS_PER_DAY
}

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, "0")
}
