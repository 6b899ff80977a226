import * as fc from "fast-check"

import type { DayFiles, LandedFiles } from "./oracle/landed-files.ts"

const firstDay = Date.UTC(2026, 1, 26)
const dayMs = 86_400_000

const formatTime = (ms: number) => new Date(ms).toISOString().slice(0, 19).replace("T", " ")

/** Few ids, so that ties and paths of length two are frequent. */
const person = fc.integer({ min: 1, max: 7 }).map(String)

function randomTime(day: number): fc.Arbitrary<string> {
  const end = firstDay + (day + 1) * dayMs
  const second = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 1, max: 3 * 86_400 }) },
    { weight: 2, arbitrary: fc.constantFrom(1, 86_400, 2 * 86_400, 172_799, 90 * 86_400) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 100 * 86_400 }) },
  )
  return fc.oneof(
    { weight: 20, arbitrary: second.map((age) => formatTime(end - age * 1000)) },
    fc.integer({ min: 0, max: 100_000 }).map((ahead) => formatTime(end + ahead * 1000)),
    fc.constantFrom(
      "",
      "2026-02-30 10:00:00",
      "0000-01-01 00:00:00",
      "2026-02-01",
      "2026-02-01 24:00:00",
    ),
  )
}

const oddId = fc.constantFrom("0", "-1", "2147483648", "99999999999999999999999", "x", "1.5", "")

const id = fc.oneof({ weight: 30, arbitrary: person }, oddId)

function randomLines(day: number, width: number): fc.Arbitrary<string> {
  const line = fc
    .tuple(id, id, randomTime(day), fc.integer({ min: -1, max: 1 }))
    .map(([user, engagedWith, time, more]) => {
      const message = width === 5 ? ["7"] : []
      const type = more === 0 ? ["type"] : []
      const tooMany = more === 1 && user === "3" ? ["type", "more"] : []
      return [user, engagedWith, ...message, time, ...type, ...tooMany].join(",")
    })
  return fc.array(line, { maxLength: 10 }).map((lines) => lines.map((text) => `${text}\n`).join(""))
}

const people = fc
  .array(fc.tuple(id, fc.constantFrom("0", "0", "0", "0", "0", "1", "2")), { maxLength: 9 })
  .map((rows) =>
    rows.map(([user, suspended]) => `${user}${",-".repeat(10)},${suspended}\n`).join(""),
  )

const word = fc.constantFrom(
  ..."earnings growth @ann @JOSÉ_1 $AAPL http://t.co/x1 https://a.b?c=d moon 100% YOLO über 🚀 x it's".split(
    " ",
  ),
)

/** Messages of a day; those of people with an odd id are recommended, and have a word of their own. */
function randomMessages(day: number): fc.Arbitrary<string> {
  const end = firstDay + (day + 1) * dayMs
  const message = fc.tuple(
    fc.integer({ min: 1, max: 7 }),
    fc.array(word, { maxLength: 6 }),
    fc.integer({ min: 1, max: 9 * 86_400 }),
  )
  return fc.array(message, { minLength: 0, maxLength: 12 }).map((messages) =>
    messages
      .map(([user, words, age], at) => {
        const isGood = user % 2 === 1
        const body = [isGood ? "Research" : "pump", ...words].join(" ")
        const created_at = `${new Date(end - age * 1000).toISOString().slice(0, 19)}Z`
        const landed = {
          id: day * 100 + at + 1,
          body,
          created_at,
          user_id: user,
          recommended: isGood,
        }
        return `${JSON.stringify(landed)}\n`
      })
      .join(""),
  )
}

function randomDay(day: number): fc.Arbitrary<DayFiles> {
  return fc.record({
    follow: randomLines(day, 4),
    reply: randomLines(day, 5),
    mention: randomLines(day, 5),
    like: randomLines(day, 5),
    user: people,
    messages: randomMessages(day),
  })
}

/** Four days of small files: ties, suspended people, future times, ids out of range, empty files. */
export function randomFiles(): fc.Arbitrary<LandedFiles> {
  const days = Array.from({ length: 4 }, (_, day) => day)
  return fc
    .tuple(...days.map((day) => randomDay(day)))
    .map(
      (files) =>
        new Map(
          files.map((dayFiles, at) => [
            new Date(firstDay + at * dayMs).toISOString().slice(0, 10),
            dayFiles,
          ]),
        ),
    )
}

export interface RandomSettings {
  readonly decayDays: number
  readonly closest: number
  readonly expireAfterDays: number
  readonly recommendations: number
  readonly messageDays: number
  readonly order: "filterThenCut" | "cutThenFilter"
}

/** Settings small enough for limits and windows to cut. */
export function randomSettings(): fc.Arbitrary<RandomSettings> {
  return fc.record({
    decayDays: fc.constantFrom(2, 7, 90),
    closest: fc.constantFrom(1, 2, 50),
    expireAfterDays: fc.constantFrom(0, 1, 2),
    recommendations: fc.constantFrom(1, 2, 20),
    messageDays: fc.constantFrom(2, 364),
    order: fc.constantFrom("filterThenCut", "cutThenFilter"),
  })
}
