import { describe, expect, test } from "vitest"

import { reputation } from "../../src/index.ts"
import { toRowTexts } from "../movies/row-texts.ts"
import { materializeDay } from "../stocktwits/materialize-day.ts"
import { withEngine } from "../stocktwits/with-engine.ts"
import { buildDayFiles, collegeMessages, readCollegeEvents } from "./college-messages.ts"
import { landFiles } from "./land-files.ts"
import { findConnections, formatWeight } from "./oracle/connections.ts"
import { type LandedFiles, parseDayFiles } from "./oracle/landed-files.ts"

const assets = reputation().filter((asset) =>
  ["suspended_people", "decayed_engagements", "followed_people", "closest_people"].includes(
    asset.name,
  ),
)

/** Materializes the closest people of some days over the files, one line a row. */
async function readClosestPeople(landedFiles: LandedFiles, days: readonly string[]) {
  return withEngine({}, async (fixture) => {
    landFiles(fixture.landing, landedFiles)
    const rowsByDay = new Map<string, readonly string[]>()
    for (const day of days) {
      const made = await materializeDay(assets, { ...fixture, firstDay: day }, day)
      const rows = await made.rows("closest_people")
      rowsByDay.set(day, rows.map((row) => toRowTexts(row).join(" ")).toSorted())
    }
    return rowsByDay
  })
}

const { exists, skipNote } = collegeMessages

describe.skipIf(!exists)(`the messages of a college${skipNote}`, () => {
  /** Every ninth day from the second week on. */
  const days = Array.from({ length: 20 }, (_, at) =>
    new Date(Date.UTC(2004, 3, 25 + 9 * at)).toISOString().slice(0, 10),
  )

  test("closest people of 20 days are what plain TypeScript computes, and a backfill is what the day was when it was new", async () => {
    const events = readCollegeEvents()
    const landedFiles: LandedFiles = new Map(days.map((day) => [day, buildDayFiles(events, day)]))
    const rows = await readClosestPeople(landedFiles, days)
    for (const [day, files] of landedFiles) {
      const settings = { decayDays: 90, closest: 50 }
      const connections = findConnections(parseDayFiles(files, day), day, settings)
      const expected = [...connections.values()].flatMap((list) =>
        list.map(({ user, other, seconds }, at) =>
          [user, other, at + 1, seconds, formatWeight(seconds, 90)].join(" "),
        ),
      )
      expect({ day, rows: rows.get(day) }).toEqual({ day, rows: expected.toSorted() })
    }
    const [, , past = ""] = days
    const whenNew = await readClosestPeople(new Map([...landedFiles].slice(0, 3)), [past])
    expect(rows.get(past)).toEqual(whenNew.get(past))
    expect(rows.get(past)?.length).toBeGreaterThan(1000)
  })
})
