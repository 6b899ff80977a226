import fc from "fast-check"
import { expect, test } from "vitest"

import { reputation } from "../../src/index.ts"
import { toRowTexts } from "../movies/row-texts.ts"
import { materializeDay, type MaterializedDay } from "../stocktwits/materialize-day.ts"
import { withEngine } from "../stocktwits/with-engine.ts"
import { landFiles } from "./land-files.ts"
import { type Connection, findConnections, formatWeight } from "./oracle/connections.ts"
import { type LandedFiles, type ParsedDay, parseDayFiles } from "./oracle/landed-files.ts"
import { createOracleTable, type OracleRow, type OracleTable } from "./oracle/published-table.ts"
import { recommend } from "./oracle/recommend.ts"
import { joinWeeks, type LandedMessage } from "./oracle/weekly-documents.ts"
import { type RandomSettings, randomFiles, randomSettings } from "./random-files.ts"

/** Random landed files in one run of the test; more on demand. */
const runs = Number(process.env["FRESHET_PROPERTY_LANDINGS"] ?? 30)

/** Rows of an asset on a day, each as one text, sorted. */
async function readRows(made: MaterializedDay, asset: string, day: string) {
  return (await made.rows(asset, day)).map((row) => toRowTexts(row).join(" ")).toSorted()
}

function formatTable(rows: ReturnType<OracleTable["advance"]>): readonly string[] {
  return rows
    .map(({ key, values, createdAt, updatedAt }) =>
      [...key, ...values, `${createdAt}T00:00:00Z`, `${updatedAt}T00:00:00Z`].join(" "),
    )
    .toSorted()
}

/** Counts the good weeks and all weeks of each person from the weeks that the model scored. */
async function countWeeks(made: MaterializedDay, day: string) {
  const weeks = new Map<number, readonly [good: number, all: number]>()
  for (const [user, , probability] of await made.rows("scored_weeks", day)) {
    const [good, all] = weeks.get(Number(user)) ?? [0, 0]
    weeks.set(Number(user), [good + (Number(probability) >= 0.5 ? 1 : 0), all + 1])
  }
  return weeks
}

interface DayOfOracle {
  readonly made: MaterializedDay
  readonly day: string
  readonly parsed: ParsedDay
  readonly connections: ReadonlyMap<number, readonly Connection[]>
  readonly settings: RandomSettings
}

/** Tables of the oracle, which are updated day by day. */
function createTables({ expireAfterDays }: RandomSettings) {
  return {
    connections: createOracleTable(expireAfterDays),
    recommendations: createOracleTable(expireAfterDays),
    reasons: createOracleTable(expireAfterDays),
  }
}

type Tables = ReturnType<typeof createTables>

async function expectConnections(tables: Tables, oracle: DayOfOracle): Promise<void> {
  const { made, day, parsed, connections, settings } = oracle
  const pairs = [...connections.values()].flat().map(({ user, other, seconds }) => ({
    key: [user, other],
    values: [formatWeight(seconds, settings.decayDays)],
  }))
  const isAllowed = ({ key }: OracleRow) => !key.some((id) => parsed.suspended.has(Number(id)))
  expect(await readRows(made, "closest_connections", day)).toEqual(
    formatTable(tables.connections.advance(pairs, day, isAllowed)),
  )
  const lists = [...connections].map(([user, list]) => {
    const weights = list.map(({ seconds }) => formatWeight(seconds, settings.decayDays))
    const others = list.map(({ other }) => other)
    return `${user} ${JSON.stringify(others)} ${JSON.stringify(weights)}`
  })
  expect(await readRows(made, "closest_people_lists", day)).toEqual(lists.toSorted())
}

async function expectRecommendations(tables: Tables, oracle: DayOfOracle): Promise<number> {
  const { made, day, parsed, connections, settings } = oracle
  const weeks = await countWeeks(made, day)
  const recommended = recommend(connections, parsed, weeks, settings)
  const isFollowed = (user: number, other: number) =>
    parsed.follows.some((follow) => follow.user === user && follow.engagedWith === other)
  const isAllowed = ({ key: [user, other, reason] }: OracleRow) =>
    ![user, other, reason].some((id) => parsed.suspended.has(Number(id))) &&
    !isFollowed(Number(user), Number(other))
  const reasonRows = recommended.flatMap(({ user, other, reasons }) =>
    [...reasons].map(([reason, seconds]) => ({
      key: [user, other, reason],
      values: [formatWeight(seconds, settings.decayDays)],
    })),
  )
  const reasons = tables.reasons.advance(reasonRows, day, isAllowed)
  expect(await readRows(made, "rec_reasons", day)).toEqual(formatTable(reasons))
  const rows = recommended.map(({ user, other }) => ({ key: [user, other], values: [] }))
  const table = tables.recommendations.advance(
    rows,
    day,
    (row) => isAllowed(row) && reasons.some(({ key }) => key.slice(0, 2).join() === row.key.join()),
  )
  expect(await readRows(made, "recommendations", day)).toEqual(formatTable(table))
  return recommended.length
}

async function expectDocuments(
  { made, day }: DayOfOracle,
  messages: readonly LandedMessage[],
): Promise<void> {
  const rows = (await made.rows("weekly_documents", day)).map(
    ([user, week, , text, isGood]) =>
      [`${String(user)} ${String(week)}`, { text, isGood }] as const,
  )
  expect(new Map(rows)).toEqual(joinWeeks(messages))
}

async function expectOracle(landedFiles: LandedFiles, settings: RandomSettings): Promise<void> {
  const days = [...landedFiles.keys()]
  const [firstDay = "", lastDay = ""] = [days[0], days.at(-1)]
  await withEngine({}, async (fixture) => {
    landFiles(fixture.landing, landedFiles)
    const made = await materializeDay(reputation(settings), { ...fixture, firstDay }, lastDay)
    const tables = createTables(settings)
    const messages: (readonly LandedMessage[])[] = []
    for (const [day, files] of landedFiles) {
      const parsed = parseDayFiles(files, day)
      const connections = findConnections(parsed, day, settings)
      const oracle = { made, day, parsed, connections, settings }
      await expectConnections(tables, oracle)
      recommendationCount += await expectRecommendations(tables, oracle)
      const lines = (files.messages ?? "").split("\n").filter((line) => line !== "")
      messages.push(lines.map((line) => JSON.parse(line) as LandedMessage)) // as the generator wrote them
      await expectDocuments(oracle, messages.slice(-settings.messageDays).flat())
      const quarantined = made.quarantined.filter((line) => line.day === day)
      expect(quarantined.map(({ line, reason }) => `${line} ${reason}`).toSorted()).toEqual(
        parsed.quarantined.map(([, line, reason]) => `${line} ${reason}`).toSorted(),
      )
    }
    expect(made.checks.filter(({ passed }) => !passed)).toEqual([])
  })
}

let recommendationCount = 0

test("on random landed files the published tables are what plain TypeScript computes", async () => {
  await fc.assert(fc.asyncProperty(randomFiles(), randomSettings(), expectOracle), {
    numRuns: runs,
    endOnFailure: true,
  })
  expect(recommendationCount).toBeGreaterThan(0)
})
