const MS_PER_DAY = 86_400_000

/** Parses a day `YYYY-MM-DD` to its index, counted from 1970-01-01; undefined for a day that the calendar does not have. */
export function parseDay(key: string): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(key)
  if (match === null) return undefined
  const day = toDay(Number(match[1]), Number(match[2]), Number(match[3]))
  return formatDay(day) === key ? day : undefined
}

/** Formats a day: `2026-01-05`. */
export function formatDay(day: number): string {
  return new Date(day * MS_PER_DAY).toISOString().slice(0, 10)
}

/** The index of the ISO week that holds a day: weeks begin on Monday and count from the one that holds 1970-01-01. */
export function toWeek(day: number): number {
  return Math.floor((day + 3) / 7) // 1970-01-01 is a Thursday
}

/** The Monday of a week. */
export function getFirstDayOfWeek(week: number): number {
  return week * 7 - 3
}

/** Parses an ISO week `YYYY-Www` to its index; undefined for a week that the year does not have. */
export function parseWeek(key: string): number | undefined {
  const match = /^(\d{4})-W(\d{2})$/.exec(key)
  if (match === null) return undefined
  const firstOfYear = toWeek(toDay(Number(match[1]), 1, 4)) // by ISO 8601 the week of January 4
  const week = firstOfYear + Number(match[2]) - 1
  return formatWeek(week) === key ? week : undefined
}

/** Formats an ISO week: `2026-W02`. Its year is the year of its Thursday. */
export function formatWeek(week: number): string {
  const thursday = getFirstDayOfWeek(week) + 3
  const year = new Date(thursday * MS_PER_DAY).getUTCFullYear()
  const number = Math.floor((thursday - toDay(year, 1, 1)) / 7) + 1
  return `${padNumber(year, 4)}-W${padNumber(number, 2)}`
}

/** The index of the month that holds a day, counted from 1970-01. */
export function toMonth(day: number): number {
  const date = new Date(day * MS_PER_DAY)
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth()
}

/** The first day of a month. */
export function getFirstDayOfMonth(month: number): number {
  return toDay(1970, month + 1, 1)
}

/** Parses a month `YYYY-MM` to its index; undefined for an invalid month. */
export function parseMonth(key: string): number | undefined {
  const day = parseDay(`${key}-01`)
  return day === undefined ? undefined : toMonth(day)
}

/** Formats a month: `2026-01`. */
export function formatMonth(month: number): string {
  return formatDay(getFirstDayOfMonth(month)).slice(0, 7)
}

/** The index of a day. A month above 12 belongs to a later year. */
function toDay(year: number, month: number, dayOfMonth: number): number {
  return Date.UTC(year, month - 1, dayOfMonth) / MS_PER_DAY
}

function padNumber(value: number, digits: number): string {
  return String(value).padStart(digits, "0")
}
