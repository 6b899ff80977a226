import { readFileSync } from "node:fs"
import { gunzipSync } from "node:zlib"

import { findRealFile } from "../real-data.ts"
import type { DayFiles } from "./oracle/landed-files.ts"

export const collegeMessages = findRealFile("college-msg/CollegeMsg.txt.gz")

interface CollegeEvent {
  readonly kind: "follow" | "like" | "reply"
  readonly user: string
  readonly engagedWith: string
  readonly second: number
}

/** Reads the messages of a college as engagements: every tenth is a like, of the others every seventh a follow, and the rest are replies. */
export function readCollegeEvents(): readonly CollegeEvent[] {
  const lines = gunzipSync(readFileSync(collegeMessages.path)).toString("utf8").trim().split("\n")
  return lines.slice(1).map((line, at): CollegeEvent => {
    const [user = "", engagedWith = "", second = ""] = line.split(" ")
    const otherKind = (at + 1) % 7 === 0 ? "follow" : "reply"
    const kind = (at + 1) % 10 === 0 ? "like" : otherKind
    return { kind, user, engagedWith, second: Number(second) }
  })
}

/** Builds the files of a day: follows up to the day, the other kinds of the 90 days that end with it. Every 40th person is suspended. */
export function buildDayFiles(events: readonly CollegeEvent[], day: string): DayFiles {
  const end = Date.parse(day) / 1000 + 86_400
  const select = (kind: CollegeEvent["kind"], from: number) =>
    events
      .filter((event) => event.kind === kind && event.second >= from && event.second < end)
      .map(({ user, engagedWith, second }) => {
        const time = new Date(second * 1000).toISOString().slice(0, 19).replace("T", " ")
        return `${user},${engagedWith},${kind === "follow" ? "" : "1,"}${time},${kind}\n`
      })
      .join("")
  const windowStart = end - 90 * 86_400
  const people = Array.from({ length: 1899 }, (_, at) => at + 1)
  return {
    follow: select("follow", 0),
    reply: select("reply", windowStart),
    mention: "",
    like: select("like", windowStart),
    user: people.map((id) => `${id}${",".repeat(11)}${id % 40 === 0 ? 1 : 0}\n`).join(""),
  }
}
