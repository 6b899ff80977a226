const MS_PER_DAY = 86_400_000

/** The index of the day written `YYYY-MM-DD`, counted from 1970-01-01; undefined when it is no day of the calendar. */
export function parseDay(key: string): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(key)
  if (match === null) return undefined
  const day = toDay(Number(match[1]), Number(match[2]), Number(match[3]))
  return formatDay(day) === key ? day : undefined
}

/** A day as people write it: `2026-01-05`. */
export function formatDay(day: number): string {
  return new Date(day * MS_PER_DAY).toISOString().slice(0, 10)
}

/** The ISO week that holds the day: weeks begin on Mondays and count from that of 1970-01-01. */
export function toWeek(day: number): number {
  return Math.floor((day + 3) / 7) // 1970-01-01 is a Thursday
}

/** The Monday of a week. */
export function getFirstDayOfWeek(week: number): number {
  return week * 7 - 3
}

/** The index of the ISO week written `YYYY-Www`; undefined when its year has no such week. */
export function parseWeek(key: string): number | undefined {
  const match = /^(\d{4})-W(\d{2})$/.exec(key)
  if (match === null) return undefined
  const firstOfYear = toWeek(toDay(Number(match[1]), 1, 4)) // by ISO 8601 the week of January 4
  const week = firstOfYear + Number(match[2]) - 1
  return formatWeek(week) === key ? week : undefined
}

/** A week as people write it: `2026-W02`. Its year is that of its Thursday. */
export function formatWeek(week: number): string {
  const thursday = getFirstDayOfWeek(week) + 3
  const year = new Date(thursday * MS_PER_DAY).getUTCFullYear()
  const number = Math.floor((thursday - toDay(year, 1, 1)) / 7) + 1
  return `${padNumber(year, 4)}-W${padNumber(number, 2)}`
}

/** The month that holds the day, counted from 1970-01. */
export function toMonth(day: number): number {
  const date = new Date(day * MS_PER_DAY)
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth()
}

/** The first day of a month. */
export function getFirstDayOfMonth(month: number): number {
  return toDay(1970, month + 1, 1)
}

/** The index of the month written `YYYY-MM`; undefined when it is no month. */
export function parseMonth(key: string): number | undefined {
  const day = parseDay(`${key}-01`)
  return day === undefined ? undefined : toMonth(day)
}

/** A month as people write it: `2026-01`. */
export function formatMonth(month: number): string {
  return formatDay(getFirstDayOfMonth(month)).slice(0, 7)
}

/** Months beyond the year's twelve count on into the next years. */
function toDay(year: number, month: number, dayOfMonth: number): number {
  return Date.UTC(year, month - 1, dayOfMonth) / MS_PER_DAY
}

function padNumber(value: number, digits: number): string {
  return String(value).padStart(digits, "0")
}
