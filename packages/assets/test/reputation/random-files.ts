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

/** Changes that make a message invalid, and lines that are not messages. */
const invalidMessage = fc.constantFrom<Readonly<Record<string, unknown>> | string>(
  { user_id: 0 },
  { user_id: 2_147_483_648 },
  { user_id: 1e30 },
  { user_id: "5" },
  { user_id: 1.5 },
  { user_id: undefined },
  { id: -4 },
  { id: 2 ** 53 },
  { body: null },
  { body: 7 },
  { recommended: "true" },
  { created_at: "2026-02-30T10:00:00Z" },
  { created_at: "2026-02-28 at ten" },
  { created_at: "2027-01-01T00:00:00Z" },
  { created_at: 1_772_000_000 },
  { conversation: 5 },
  { entities: [] },
  { conversation: { parent_message_id: "7" } },
  { entities: { sentiment: { basic: 3 } } },
  { links: {} },
  { links: [5] },
  "",
  "5",
  "[]",
  '{"id": 5',
)

/** Messages of a day; most of those of people with an odd id are recommended, and have a word of their own. */
function randomMessages(day: number): fc.Arbitrary<string> {
  const end = firstDay + (day + 1) * dayMs
  const message = fc.record({
    user: fc.integer({ min: 1, max: 7 }),
    words: fc.array(word, { maxLength: 6 }),
    age: fc.integer({ min: 1, max: 9 * 86_400 }),
    isUsual: fc.integer({ min: 0, max: 5 }).map((number) => number > 0),
    isRepeated: fc.integer({ min: 0, max: 15 }).map((number) => number === 0),
    link: fc.constantFrom(undefined, null, [], [{}], [{ description: "A report" }, 5]),
    change: fc.oneof({ weight: 12, arbitrary: fc.constant({}) }, invalidMessage),
  })
  return fc.array(message, { minLength: 0, maxLength: 12 }).map((messages) =>
    messages
      .map(({ user, words, age, isUsual, isRepeated, link, change }, at) => {
        if (typeof change === "string") return `${change}\n`
        const isGood = user % 2 === 1
        const created_at = `${new Date(end - age * 1000).toISOString().slice(0, 19)}Z`
        const landed = {
          id: day * 100 + at + (isRepeated ? 0 : 1),
          body: [isGood ? "Research" : "pump", ...words].join(" "),
          created_at,
          user_id: user,
          recommended: isGood === isUsual,
          conversation: { parent_message_id: at },
          entities: { sentiment: at % 2 === 0 ? null : { basic: "Bullish" } },
          links: link,
        }
        return `${JSON.stringify({ ...landed, ...change })}\n`
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
  readonly trainingDocuments: number
  readonly seed: number
  readonly order: "filterThenCut" | "cutThenFilter"
}

/** Settings small enough for limits and windows to cut. */
export function randomSettings(order: RandomSettings["order"]): fc.Arbitrary<RandomSettings> {
  return fc.record({
    decayDays: fc.constantFrom(2, 7, 90),
    closest: fc.constantFrom(1, 2, 50),
    expireAfterDays: fc.constantFrom(0, 1, 2),
    recommendations: fc.constantFrom(1, 2, 20),
    messageDays: fc.constantFrom(2, 364),
    trainingDocuments: fc.constantFrom(5, 20_000),
    seed: fc.integer({ min: 1, max: 1000 }),
    order: fc.constant(order),
  })
}
