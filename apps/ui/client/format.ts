import {
  formatAge as formatLongAge,
  formatCount,
  formatDuration,
  formatQuantity,
} from "@freshet/core/engine"

/** Formats a prediction of a duration. */
export function formatPrediction(ms: number): string {
  return `≈ ${formatDuration(ms)}`
}

/** Formats an age: `just now`, `7 s ago`, `2 min ago`. */
export function formatAge(at: string, nowMs: number): string {
  const seconds = Math.round((nowMs - Date.parse(at)) / 1000)
  if (seconds < 5) return "just now"
  return seconds < 60 ? `${seconds} s ago` : formatLongAge(Date.parse(at), nowMs)
}

/** Formats an instant as RFC 3339, to the second; without the day when it is today. */
export function formatTime(at: string, now: string): string {
  const [day = "", time = ""] = at.split("T")
  const text = `${time.slice(0, 8)}Z`
  return now.startsWith(day) ? text : `${day}T${text}`
}

/** Formats an instant in a narrow column: the time of day today, else the day. */
export function formatShortTime(at: string, now: string): string {
  const [day = "", time = ""] = at.split("T")
  return now.startsWith(day) ? time.slice(0, 5) : day
}

/** Counts assets and sources: `30 assets, 6 sources`. */
export function formatAssetCounts(assets: readonly { readonly kind: string }[]): string {
  const sources = assets.filter(({ kind }) => kind === "source").length
  const assetText = formatQuantity(assets.length - sources, "asset")
  return sources === 0 ? assetText : `${assetText}, ${formatQuantity(sources, "source")}`
}

/** Splits names into those within a limit and the number of the others. */
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

/** Begins a text with a capital letter. */
export function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
