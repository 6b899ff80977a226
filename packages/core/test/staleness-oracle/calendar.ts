/** The granularity of an asset of a random graph. */
export type Granularity = TimedGranularity | "static" | "none"
export type TimedGranularity = "hourly" | "daily" | "weekly" | "monthly"

/** The time of a story: its zone, and days around the end of a month, on one of which the zone may change its clocks. */
export interface Setting {
  readonly zone: string
  /** The declared first and last partition of each granularity; without a last one there is no end. */
  readonly declared: Readonly<Record<TimedGranularity, readonly [string, string?]>>
  /** The newest ended day at the beginning of the story. */
  readonly today: string
}

/** A setting in which the partitions of a granularity begin and end later or earlier: `shift` moves the start, and `length` is the number of partitions after it; undefined without an end. */
export function moveBounds(
  setting: Setting,
  granularity: TimedGranularity,
  { shift, length }: { readonly shift: number; readonly length: number | undefined },
): Setting {
  const spans = getCalendar(setting)[granularity]
  const getKey = (place: number) => spans[Math.min(Math.max(place, 1), spans.length - 2)]!.key
  const start = getPlace(setting, granularity, setting.declared[granularity][0]) + shift
  const bounds: readonly [string, string?] =
    length === undefined ? [getKey(start)] : [getKey(start), getKey(start + length)]
  return { ...setting, declared: { ...setting.declared, [granularity]: bounds } }
}

/** A setting in another time zone. Bounds that its clocks never show become the first ones of the story. */
export function moveZone(setting: Setting, zone: string, first: Setting): Setting {
  const moved = { ...setting, zone }
  const isShown = (granularity: TimedGranularity) =>
    moved.declared[granularity].every(
      (key) => key === undefined || getPlace(moved, granularity, key) >= 0,
    )
  const hourly = (isShown("hourly") ? setting : first).declared.hourly
  return { ...moved, declared: { ...setting.declared, hourly } }
}

export const settings: readonly Setting[] = [
  {
    zone: "UTC",
    declared: {
      hourly: ["2026-02-28T18", "2026-03-01T06"],
      daily: ["2026-02-24", "2026-03-06"],
      weekly: ["2026-W07"],
      monthly: ["2025-12"],
    },
    today: "2026-03-04",
  },
  {
    zone: "America/New_York",
    declared: {
      hourly: ["2026-03-07T18", "2026-03-08T06"],
      daily: ["2026-02-27", "2026-03-09"],
      weekly: ["2026-W07"],
      monthly: ["2025-12"],
    },
    today: "2026-03-08",
  },
  {
    zone: "Europe/London",
    declared: {
      hourly: ["2026-10-24T20", "2026-10-25T08"],
      daily: ["2026-10-23", "2026-11-02"],
      weekly: ["2026-W41"],
      monthly: ["2026-08"],
    },
    today: "2026-11-01",
  },
  {
    zone: "America/Sao_Paulo",
    declared: {
      hourly: ["2018-02-17T18", "2018-02-18T06"],
      daily: ["2018-02-17", "2018-03-02"],
      weekly: ["2018-W05"],
      monthly: ["2017-12"],
    },
    today: "2018-03-01",
  },
  {
    zone: "Asia/Kathmandu",
    declared: {
      hourly: ["2026-02-28T18", "2026-03-01T06"],
      daily: ["2026-02-24", "2026-03-06"],
      weekly: ["2026-W07"],
      monthly: ["2025-12"],
    },
    today: "2026-03-04",
  },
]

/** One partition of time. */
export interface Span {
  readonly key: string
  readonly fromMs: number
  readonly toMs: number
}

/** The partitions of a zone's time in every granularity, computed from its clock at every hour. */
export type Calendar = Readonly<Record<TimedGranularity, readonly Span[]>>

const quarter = 15 * 60_000 // zones that are not whole hours from UTC are whole quarters
const hourLength = 4 * quarter // clocks change by whole hours
const calendars = new Map<string, Calendar>()

/** The months around the days of a setting, from instants. */
export function getCalendar(setting: Setting): Calendar {
  const name = `${setting.zone} ${setting.today}`
  const calendar = calendars.get(name) ?? buildCalendar(setting)
  calendars.set(name, calendar)
  return calendar
}

function buildCalendar({ zone, today }: Setting): Calendar {
  const middle = Date.parse(`${today}T00:00:00Z`)
  const format = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    dateStyle: "short",
    timeStyle: "short",
  })
  const spans: Record<TimedGranularity, Span[]> = { hourly: [], daily: [], weekly: [], monthly: [] }
  const hourKeys = new Set<string>()
  let firstMs = middle - 270 * 86_400_000
  while (!format.format(firstMs).endsWith(":00")) firstMs += quarter
  for (let atMs = firstMs; atMs < middle + 60 * 86_400_000; atMs += hourLength) {
    const [date = "", time = ""] = format.format(atMs).split(" ") // "2026-03-08 01:00"
    let hour = `${date}T${time.slice(0, 2)}`
    if (hourKeys.has(hour)) hour += formatOffset(atMs, `${date}T${time}Z`)
    hourKeys.add(hour)
    extend(spans.hourly, hour, atMs)
    extend(spans.daily, date, atMs)
    extend(spans.weekly, formatWeek(date), atMs)
    extend(spans.monthly, date.slice(0, 7), atMs)
  }
  return spans
}

function extend(spans: { key: string; fromMs: number; toMs: number }[], key: string, atMs: number) {
  const last = spans.at(-1)
  if (last?.key === key) last.toMs = atMs + hourLength
  else spans.push({ key, fromMs: atMs, toMs: atMs + hourLength })
}

/** The offset of a clock from UTC, in the format of keys: `-0300`. */
function formatOffset(atMs: number, wall: string): string {
  const minutes = (Date.parse(wall) - atMs) / 60_000
  const [hours, minutesOfHour] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  const digits = [hours, minutesOfHour].map((part) => String(part).padStart(2, "0")).join("")
  return (minutes < 0 ? "-" : "+") + digits
}

/** The ISO week of a date: the week of its Thursday, counted from the week of January 4. */
function formatWeek(date: string): string {
  const day = new Date(`${date}T00:00:00Z`)
  const thursday = new Date(day.getTime() + (3 - ((day.getUTCDay() + 6) % 7)) * 86_400_000)
  const year = thursday.getUTCFullYear()
  const number = Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * 86_400_000)) + 1
  return `${year}-W${String(number).padStart(2, "0")}`
}

const overlaps = new Map<string, readonly [number, number]>()

/** The places of the first and last span of `inner` that overlap the spans `from` to `to` of `outer`. */
export function findOverlap(
  setting: Setting,
  [outer, from, to]: readonly [TimedGranularity, number, number],
  inner: TimedGranularity,
): readonly [number, number] {
  const name = `${setting.zone} ${setting.today} ${outer} ${from} ${to} ${inner}`
  const cachedOverlap = overlaps.get(name)
  if (cachedOverlap !== undefined) return cachedOverlap
  const calendar = getCalendar(setting)
  const [startMs, endMs] = [calendar[outer][from]!.fromMs, calendar[outer][to]!.toMs]
  const first = calendar[inner].findIndex((span) => span.toMs > startMs)
  const last = calendar[inner].findLastIndex((span) => span.fromMs < endMs)
  overlaps.set(name, [first, last])
  return [first, last]
}

const places = new WeakMap<readonly Span[], ReadonlyMap<string, number>>()

/** The place of a key in the time of a setting; -1 for an unknown key. */
export function getPlace(setting: Setting, granularity: TimedGranularity, key: string): number {
  const spans = getCalendar(setting)[granularity]
  const placeByKey = places.get(spans) ?? new Map(spans.map((span, place) => [span.key, place]))
  places.set(spans, placeByKey)
  return placeByKey.get(key) ?? -1
}
