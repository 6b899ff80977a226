import { existsSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"

import { writeStocktwitsInSizes } from "@freshet/demo"

import { land, type TestProject } from "./test-project.ts"

/** The days of the small input. */
export const smallDays = ["2026-01-06", "2026-01-07", "2026-01-08", "2026-01-09"] as const

/** Lands four days of sixty generated users, with input for every computation; one file is compressed by default. */
export async function landSmallInput(
  place: TestProject,
  seed = 3,
  { compressed = true } = {},
): Promise<void> {
  await writeStocktwitsInSizes(
    { users: 60, rooms: 20, eventsPerWeek: 900, malformedEvery: 1_000_000 },
    {
      days: smallDays.length,
      scale: "S",
      seed,
      until: smallDays.at(-1) ?? "",
      landing: place.landing,
      malformed: false,
      gaps: false,
    },
  )
  if (compressed) compressActivity(place, smallDays[1])
}

function compressActivity({ landing }: TestProject, day: string): void {
  const plain = join(landing, "stocktwits", "activity", `${day}.json`)
  if (!existsSync(plain)) return
  const bytes = gzipSync(readFileSync(plain))
  rmSync(plain)
  rmSync(`${plain}.gz`, { force: true })
  land({ landing }, `activity/${day}.json.gz`, bytes)
}

/** Lands one more event for a day in the middle, and a new day: every published table changes. */
export async function landSmallChange(place: TestProject): Promise<void> {
  const path = join(place.landing, "stocktwits", "activity", `${smallDays[2]}.json`)
  const line = `{"action":"follow","user_id":1,"following_user_id":2}\n`
  land(place, `activity/${smallDays[2]}.json`, readFileSync(path, "utf8") + line)
  const next = "2026-01-10"
  const copied = readFileSync(
    join(place.landing, "stocktwits", "activity", `${smallDays[0]}.json`),
    "utf8",
  )
  land(place, `activity/${next}.json`, copied.replaceAll("2026-01-06T", `${next}T`))
  for (const kind of ["users", "rooms"])
    land(place, `${kind}/${next}.csv`, renameEntries(place, kind))
}

function renameEntries({ landing }: TestProject, kind: string): string {
  const path = join(landing, "stocktwits", kind, `${smallDays[0]}.csv`)
  const [header = "", ...lines] = readFileSync(path, "utf8").split("\n")
  const changed = lines.map((line, index) => (index % 3 === 0 ? line.replace(",", ",New") : line))
  return [header, ...changed].join("\n")
}
