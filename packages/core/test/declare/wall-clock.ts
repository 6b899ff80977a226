/** Local time computed by Intl alone: the oracle for core's local time. */

const MS_PER_MINUTE = 60_000
const MS_PER_DAY = 86_400_000

const formats = new Map<string, Intl.DateTimeFormat>()

/** The local time: `2026-01-05T10:30`. */
export function formatAt(zone: string, instantMs: number): string {
  const format = formats.get(zone) ?? createFormat(zone)
  formats.set(zone, format)
  return format.format(instantMs).replace(" ", "T")
}

function createFormat(timeZone: string): Intl.DateTimeFormat {
  const twoDigits = {
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  } as const
  return new Intl.DateTimeFormat("sv-SE", { timeZone, year: "numeric", ...twoDigits })
}

/** The newest local date that the clock showed up to an instant. */
export function formatDateAt(zone: string, instantMs: number): string {
  const clockText = formatAt(zone, instantMs)
  let newest = clockText.slice(0, 10)
  if (clockText.slice(11) >= "21:00")
    // clocks may have gone back over midnight
    for (let minutes = 1; minutes <= 180; minutes += 1) {
      const earlier = formatAt(zone, instantMs - minutes * MS_PER_MINUTE).slice(0, 10)
      if (earlier > newest) newest = earlier
    }
  return newest
}

/** The key of the hour that holds an instant: the last full hour that the clock showed. */
export function formatHourAt(zone: string, instantMs: number): string {
  let startMs = Math.floor(instantMs / MS_PER_MINUTE) * MS_PER_MINUTE
  while (!formatAt(zone, startMs).endsWith(":00")) startMs -= MS_PER_MINUTE
  const clockText = formatAt(zone, startMs)
  return (
    clockText.slice(0, 13) + (isSecondTime(zone, startMs) ? parseOffset(clockText, startMs) : "")
  )
}

function isSecondTime(zone: string, instantMs: number): boolean {
  const clockText = formatAt(zone, instantMs)
  for (let minutes = 1; minutes <= 180; minutes += 1)
    if (formatAt(zone, instantMs - minutes * MS_PER_MINUTE) === clockText) return true
  return false
}

function parseOffset(clockText: string, instantMs: number): string {
  const minutes = (Date.parse(`${clockText}Z`) - instantMs) / MS_PER_MINUTE
  const hours = String(Math.floor(Math.abs(minutes) / 60)).padStart(2, "0")
  return `${minutes < 0 ? "-" : "+"}${hours}${String(Math.abs(minutes) % 60).padStart(2, "0")}`
}

/** The ISO week of a date: the n-th week of a year is that of its n-th Thursday. */
export function formatIsoWeek(date: string): string {
  const dayMs = Date.parse(date)
  const sinceMonday = (new Date(dayMs).getUTCDay() + 6) % 7
  const thursdayMs = dayMs + (3 - sinceMonday) * MS_PER_DAY
  const year = new Date(thursdayMs).getUTCFullYear()
  const count = Math.ceil((thursdayMs - Date.UTC(year, 0, 0)) / MS_PER_DAY / 7)
  return `${year}-W${String(count).padStart(2, "0")}`
}

/** The instants, to the minute, at which a zone's clock jumped from 2010 to 2040. */
export function listClockChanges(zone: string): readonly number[] {
  const changes: number[] = []
  const noonOffset = (ms: number) => Date.parse(`${formatAt(zone, ms)}Z`) - ms
  for (let ms = Date.UTC(2010, 0, 1); ms < Date.UTC(2041, 0, 1); ms += MS_PER_DAY) {
    const previousOffset = noonOffset(ms)
    if (noonOffset(ms + MS_PER_DAY) === previousOffset) continue
    let [low, high] = [0, 1440]
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (noonOffset(ms + middle * MS_PER_MINUTE) === previousOffset) low = middle
      else high = middle
    }
    changes.push(ms + high * MS_PER_MINUTE)
  }
  return changes
}
