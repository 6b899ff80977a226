import fc from "fast-check"
import { expect, test } from "vitest"

import { reputation } from "../../src/index.ts"
import { toRowTexts } from "../movies/row-texts.ts"
import { materializeDay } from "../stocktwits/materialize-day.ts"
import { withEngine } from "../stocktwits/with-engine.ts"
import { landFiles } from "./land-files.ts"
import { findConnections, formatWeight } from "./oracle/connections.ts"
import { type LandedFiles, parseDayFiles } from "./oracle/landed-files.ts"
import { createOracleTable } from "./oracle/published-table.ts"
import { type RandomSettings, randomSettings, randomFiles } from "./random-files.ts"

/** Random landed files in one run of the test; more on demand. */
const runs = Number(process.env["FRESHET_PROPERTY_LANDINGS"] ?? 30)

function formatDay(day: string): string {
  return `${day} 00:00:00+00`
}

async function expectOracle(landedFiles: LandedFiles, settings: RandomSettings): Promise<void> {
  const assets = reputation(settings)
  const days = [...landedFiles.keys()]
  const [firstDay = "", lastDay = ""] = [days[0], days.at(-1)]
  await withEngine({}, async (fixture) => {
    landFiles(fixture.landing, landedFiles)
    const made = await materializeDay(assets, { ...fixture, firstDay }, lastDay)
    const rows = async (asset: string, day: string) =>
      (await made.rows(asset, day)).map((row) => toRowTexts(row).join(" ")).toSorted()
    const published = createOracleTable(settings.expireAfterDays)
    for (const [day, files] of landedFiles) {
      const parsed = parseDayFiles(files, day)
      const connections = findConnections(parsed, day, settings)
      const pairs = [...connections.values()].flat().map(({ user, other, seconds }) => ({
        key: [user, other],
        values: [formatWeight(seconds, settings.decayDays)],
      }))
      const isSuspended = (id: number | string) => parsed.suspended.has(Number(id))
      const table = published.advance(pairs, day, ({ key }) => !key.some(isSuspended))
      expect(await rows("closest_connections", day)).toEqual(
        table
          .map(({ key, values, createdAt, updatedAt }) =>
            [...key, ...values, formatDay(createdAt), formatDay(updatedAt)].join(" "),
          )
          .toSorted(),
      )
      expect(await rows("closest_people_lists", day)).toEqual(
        [...connections]
          .map(([user, list]) => {
            const weights = list.map(({ seconds }) => formatWeight(seconds, settings.decayDays))
            const others = list.map(({ other }) => other)
            return `${user} ${JSON.stringify(others)} ${JSON.stringify(weights)}`
          })
          .toSorted(),
      )
      expect(
        made.quarantined
          .filter((line) => line.day === day)
          .map(({ line, reason }) => [line, reason].join(" "))
          .toSorted(),
      ).toEqual(parsed.quarantined.map(([, line, reason]) => [line, reason].join(" ")).toSorted())
    }
    expect(made.checks.filter(({ passed }) => !passed)).toEqual([])
  })
}

test("on random landed files the published connections are what plain TypeScript computes", async () => {
  await fc.assert(fc.asyncProperty(randomFiles(), randomSettings(), expectOracle), {
    numRuns: runs,
    endOnFailure: true,
  })
})
