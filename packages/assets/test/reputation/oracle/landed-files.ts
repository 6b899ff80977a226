/** The text of each file of one day; undefined if it did not land. */
export interface DayFiles {
  readonly follow: string
  readonly reply: string
  readonly mention: string
  readonly like: string
  readonly user: string
  readonly messages?: string
}

/** The landed files by day, in ascending order of days. */
export type LandedFiles = ReadonlyMap<string, DayFiles>

export interface Engagement {
  readonly user: number
  readonly engagedWith: number
  /** Seconds since 1970. */
  readonly second: number
}

/** The valid rows of a day's files, and the reasons of the other lines by file. */
export interface ParsedDay {
  readonly follows: readonly Engagement[]
  readonly engagements: readonly Engagement[]
  readonly suspended: ReadonlySet<number>
  readonly quarantined: readonly (readonly [kind: string, line: number, reason: string])[]
}

const kinds = [
  ["follow", 4, 2],
  ["reply", 5, 3],
  ["mention", 5, 3],
  ["like", 5, 3],
] as const

export function parseDayFiles(files: DayFiles, day: string): ParsedDay {
  const quarantined: [string, number, string][] = []
  const byKind = new Map<string, Engagement[]>()
  for (const [kind, width, timeAt] of kinds) {
    const rows: Engagement[] = []
    forEachRecord(files[kind], (values, line) => {
      const engagement = parseEngagement(values, { width, timeAt, day })
      if (typeof engagement === "string") quarantined.push([kind, line, engagement])
      else rows.push(engagement)
    })
    byKind.set(kind, rows)
  }
  const people = new Map<number, boolean>()
  forEachRecord(files.user, (values, line) => {
    const reason = findPersonFault(values, people)
    if (reason !== undefined) quarantined.push(["user", line, reason])
    else people.set(Number(values[0]), values[11] === "1")
  })
  return {
    follows: byKind.get("follow") ?? [],
    engagements: [...byKind.values()].flat(),
    suspended: new Set([...people].flatMap(([id, isSuspended]) => (isSuspended ? [id] : []))),
    quarantined,
  }
}

function forEachRecord(
  text: string,
  visit: (values: readonly string[], line: number) => void,
): void {
  text.split("\n").forEach((line, at) => {
    if (line.trim() !== "") visit(line.split(","), at + 1)
  })
}

function parseEngagement(
  values: readonly string[],
  { width, timeAt, day }: { readonly width: number; readonly timeAt: number; readonly day: string },
): Engagement | string {
  if (values.length > width) return "wrong_width"
  const [user = "", engagedWith = "", time = ""] = [values[0], values[1], values[timeAt]]
  if (user === "" || engagedWith === "") return "missing_field"
  if (!/^-?\d+$/.test(user) || !/^-?\d+$/.test(engagedWith)) return "wrong_type"
  if (![user, engagedWith].every(isId)) return "id_out_of_range"
  const second = parseTime(time)
  if (second === undefined) return "wrong_type"
  if (time.slice(0, 10) > day) return "after_the_day"
  return { user: Number(user), engagedWith: Number(engagedWith), second }
}

function isId(text: string): boolean {
  return BigInt(text) >= 1n && BigInt(text) <= 2147483647n
}

function parseTime(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)) return undefined
  if (text.startsWith("0000")) return undefined
  const time = new Date(`${text.replace(" ", "T")}Z`)
  if (Number.isNaN(time.getTime()) || time.toISOString().slice(0, 10) !== text.slice(0, 10))
    return undefined
  return time.getTime() / 1000
}

function findPersonFault(
  values: readonly string[],
  people: ReadonlyMap<number, boolean>,
): string | undefined {
  if (values.length > 12) return "wrong_width"
  const [id = "", suspended = ""] = [values[0], values[11]]
  if (id === "") return "missing_field"
  if (!/^-?\d+$/.test(id)) return "wrong_type"
  if (!isId(id)) return "id_out_of_range"
  if (suspended !== "0" && suspended !== "1") return "unknown_flag"
  return people.has(Number(id)) ? "duplicate_id" : undefined
}
