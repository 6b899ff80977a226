import type { EventTimeFormat } from "../declare/stream.ts"

const isoPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/
const twitterPattern =
  /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{2}) (\d{2}:\d{2}:\d{2}) ([+-]\d{2})(\d{2}) (\d{4})$/
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

/** Forms of the event's own time → their parsers, which return milliseconds since 1970, or undefined for any other value. */
const parsers: Readonly<Record<EventTimeFormat, (value: unknown) => number | undefined>> = {
  iso: (value) =>
    typeof value === "string" && isoPattern.test(value) ? toInstant(Date.parse(value)) : undefined,
  epoch_ms: (value) => parseEpoch(value, 1),
  epoch_s: (value) => parseEpoch(value, 1000),
  twitter: parseTwitterTime,
}

/** The forms of the event's own time. */
export const eventTimeFormats: readonly string[] = Object.keys(parsers)

/** Parses the event's own time to milliseconds since 1970; undefined for a value of another form. */
export function parseEventTime(value: unknown, format: EventTimeFormat): number | undefined {
  return parsers[format](value)
}

function parseEpoch(value: unknown, unitMs: number): number | undefined {
  const isDecimal = typeof value === "string" && /^-?\d{1,15}(?:\.\d+)?$/.test(value)
  const number = isDecimal ? Number(value) : value
  return typeof number === "number" ? toInstant(Math.floor(number * unitMs)) : undefined
}

function parseTwitterTime(value: unknown): number | undefined {
  if (typeof value !== "string") return undefined
  const [match, name = "", day, time, hours, minutes, year] = twitterPattern.exec(value) ?? []
  const month = months.indexOf(name) + 1
  if (match === undefined || month === 0) return undefined
  const date = `${year}-${String(month).padStart(2, "0")}-${day}`
  return toInstant(Date.parse(`${date}T${time}${hours}:${minutes}`))
}

/** The first and the last instant of the years 1 to 9999. */
const [earliestMs, latestMs] = [-62_135_596_800_000, 253_402_300_799_999]

function toInstant(ms: number): number | undefined {
  return ms >= earliestMs && ms <= latestMs ? ms : undefined
}
