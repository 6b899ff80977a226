import { existsSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { gunzipSync } from "node:zlib"

import { land, type TestProject } from "./test-project.ts"

const workspace = fileURLToPath(new URL("../../../../", import.meta.url))
const folder = resolve(workspace, process.env["FRESHET_REAL_DATA"] ?? "../shared/data")
const log = join(folder, "college-msg/CollegeMsg.txt.gz")

/** True if the real data, which is not part of the workspace, is on this machine. */
export const hasRealData = existsSync(log)

/** One message of the real log. */
export interface RealMessage {
  readonly id: number
  readonly user: number
  readonly mentioned: number
  readonly ms: number
}

/** The real messages by day (UTC), from the first day on, that many days of the calendar. */
export function readRealDays(count: number): ReadonlyMap<string, readonly RealMessage[]> {
  const [, ...lines] = gunzipSync(readFileSync(log)).toString("utf8").trim().split("\n")
  const messages = lines.map((line, index): RealMessage => {
    const [user = 0, mentioned = 0, seconds = 0] = line.split(" ").map(Number)
    return { id: index + 1, user, mentioned, ms: seconds * 1000 }
  })
  const first = Math.floor((messages[0]?.ms ?? 0) / 86_400_000)
  const byDay = new Map<string, RealMessage[]>()
  for (const message of messages) {
    if (message.ms >= (first + count) * 86_400_000) continue
    const day = new Date(message.ms).toISOString().slice(0, 10)
    const dayMessages = byDay.get(day)
    if (dayMessages === undefined) byDay.set(day, [message])
    else dayMessages.push(message)
  }
  return byDay
}

/** Lands the users and rooms that go with them, as of a day. */
export function landRealSnapshots(place: TestProject, day: string): void {
  for (const kind of ["users", "rooms"])
    land(
      place,
      `${kind}/${day}.csv`,
      readFileSync(join(folder, `stocktwits-seed0/stocktwits_${kind}.csv`)),
    )
}

/** Lands a day: each message mentions the one it was sent to. */
export function landRealDay(
  place: TestProject,
  day: string,
  messages: readonly RealMessage[],
): void {
  const lines = messages.map(({ id, user, mentioned, ms }) =>
    JSON.stringify({
      action: "message",
      message_id: id,
      user_id: user,
      room_id: 1 + (user % 1000),
      mention_ids: String(mentioned),
      timestamp: new Date(ms).toISOString(),
    }),
  )
  land(place, `activity/${day}.json`, `${lines.join("\n")}\n`)
}
