const countFormat = new Intl.NumberFormat("en-US")

/** Formats a whole number with separators. */
export function formatCount(value: number): string {
  return countFormat.format(value)
}

/** Formats a count with its noun: `1 step`, `2 steps`. */
export function formatQuantity(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`
}

const byteUnits = ["B", "kB", "MB", "GB", "TB"] as const

/** Formats a size in decimal units. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** power
  return `${power === 0 ? value : value.toFixed(1)} ${byteUnits[power] ?? "B"}`
}

const [secondMs, minuteMs, hourMs, dayMs] = [1000, 60_000, 3_600_000, 86_400_000] as const

/** Formats a duration in at most two units. */
export function formatDuration(ms: number): string {
  if (ms < 100 * 10) return ms < 10 ? `${ms.toFixed(0)} ms` : `${(ms / secondMs).toFixed(2)} s`
  if (ms < minuteMs) return `${(ms / secondMs).toFixed(1)} s`
  if (ms < hourMs) return joinUnits(ms, [minuteMs, "min"], [secondMs, "s"])
  if (ms < dayMs) return joinUnits(ms, [hourMs, "h"], [minuteMs, "min"])
  return joinUnits(ms, [dayMs, "d"], [hourMs, "h"])
}

type Unit = readonly [ms: number, name: string]

function joinUnits(ms: number, [largeMs, large]: Unit, [smallMs, small]: Unit): string {
  const largeCount = Math.floor(ms / largeMs)
  const smallCount = Math.round((ms - largeCount * largeMs) / smallMs)
  return smallCount === 0 || largeCount >= 100
    ? `${formatCount(largeCount)} ${large}`
    : `${largeCount} ${large} ${smallCount} ${small}`
}

/** Formats a prediction. */
export function formatPrediction(ms: number): string {
  return `≈ ${formatDuration(ms)}`
}

/** Formats an age: `just now`, `2 min ago`. */
export function formatAge(at: string, nowMs: number): string {
  const ms = Math.max(0, nowMs - Date.parse(at))
  return ms < 5000 ? "just now" : `${formatDuration(Math.round(ms / secondMs) * secondMs)} ago`
}

/** Formats an instant in UTC with its zone; without the day when it is today. */
export function formatTime(at: string, now: string): string {
  const [day = "", time = ""] = at.split("T")
  const text = `${time.slice(0, 8)} UTC`
  return now.startsWith(day) ? text : `${day} ${text}`
}

/** Formats an instant in a narrow column: the time of day today, else the day. */
export function formatShortTime(at: string, now: string): string {
  const [day = "", time = ""] = at.split("T")
  return now.startsWith(day) ? time.slice(0, 5) : day
}

/** Joins names, and counts those beyond a limit. */
export function splitNames(names: readonly string[], limit: number) {
  return names.length <= limit + 1
    ? { names, more: 0 }
    : { names: names.slice(0, limit), more: names.length - limit }
}

const numberWords = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"]

/** Formats a small number as a word at the beginning of a sentence. */
export function formatNumberWord(count: number): string {
  return numberWords[count] ?? formatCount(count)
}
