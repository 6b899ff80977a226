/** Formats a count with separators: `1,209,379`. */
export function formatCount(value: number): string {
  return Math.round(value)
    .toString()
    .replaceAll(/\B(?=(\d{3})+$)/g, ",")
}

/** Formats a count with its noun: `1 day`, `7 days`. */
export function formatQuantity(value: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(value)} ${value === 1 ? noun : plural}`
}

/** Formats a duration in milliseconds: `0.2 s`, `12 s`, `3 min 5 s`, `2 h 10 min`, `315 days`. */
export function formatDuration(ms: number): string {
  if (ms < 950) return `${(Math.max(0, ms) / 1000).toFixed(ms < 95 ? 2 : 1)} s`
  const seconds = ms / 1000
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const wholeSeconds = Math.round(seconds)
  if (wholeSeconds < 60) return `${wholeSeconds} s`
  if (wholeSeconds < 3600)
    return formatTwoUnits(Math.floor(wholeSeconds / 60), "min", wholeSeconds % 60, "s")
  const minutes = Math.round(seconds / 60)
  if (minutes < 48 * 60) return formatTwoUnits(Math.floor(minutes / 60), "h", minutes % 60, "min")
  return formatQuantity(Math.round(seconds / 86_400), "day")
}

function formatTwoUnits(
  large: number,
  largeUnit: string,
  small: number,
  smallUnit: string,
): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`
}

/** Formats the time since an instant, rounded: `just now`, `5 min ago`, `3 days ago`. */
export function formatAge(instantMs: number, nowMs: number): string {
  const seconds = (nowMs - instantMs) / 1000
  if (seconds < 45) return "just now"
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`
  if (seconds < 48 * 3600) return `${Math.round(seconds / 3600)} h ago`
  return `${formatQuantity(Math.round(seconds / 86_400), "day")} ago`
}

const units = ["bytes", "kB", "MB", "GB", "TB"] as const

/** Formats a size in decimal units: `812 bytes`, `1.2 MB`. */
export function formatBytes(value: number): string {
  let size = value
  let unit = 0
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000
    unit += 1
  }
  const digits = unit === 0 || size >= 99.5 ? 0 : 1
  return `${size.toFixed(digits)} ${units[unit] ?? ""}`
}

/** Formats an instant in UTC, to the second, as RFC 3339: `2026-01-11T06:00:12Z`. */
export function formatInstant(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}
