const timeZone = "America/New_York"

const dateFormat = new Intl.DateTimeFormat("en-CA", { timeZone })
const timeFormat = new Intl.DateTimeFormat("en-GB", {
  timeZone,
  hour: "2-digit",
  minute: "2-digit",
})
const secondFormat = new Intl.DateTimeFormat("en-GB", { timeZone, timeStyle: "medium" })

/** Formats the day of an instant in New York: `2026-01-05`. */
export function formatDay(instantMs: number): string {
  return dateFormat.format(instantMs)
}

/** Formats the time of day of an instant in New York: `09:30`. */
export function formatTimeOfDay(instantMs: number): string {
  return timeFormat.format(instantMs)
}

/** Formats the time of day of an instant in New York to the second: `09:30:05`. */
export function formatSeconds(instantMs: number): string {
  return secondFormat.format(instantMs)
}
