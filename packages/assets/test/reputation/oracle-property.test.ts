import fc from "fast-check"
import { expect, test } from "vitest"

import { reputation } from "../../src/index.ts"
import { toRowTexts } from "../movies/row-texts.ts"
import { materializeDay, type MaterializedDay } from "../stocktwits/materialize-day.ts"
import { withEngine } from "../stocktwits/with-engine.ts"
import { expectReputation } from "./expect-reputation.ts"
import { landFiles } from "./land-files.ts"
import { type Connection, findConnections, formatWeight } from "./oracle/connections.ts"
import { type LandedFiles, type ParsedDay, parseDayFiles } from "./oracle/landed-files.ts"
import { parseMessages } from "./oracle/messages.ts"
import { createOracleTable, type OracleRow, type OracleTable } from "./oracle/published-table.ts"
import { recommend } from "./oracle/recommend.ts"
import { createReputationOracle, type DayOfReputation } from "./oracle/reputation.ts"
import { type RandomSettings, randomFiles, randomSettings } from "./random-files.ts"

/** Random landed files in one run of the tests, half of them for each order; more on demand. */
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

interface DayOfOracle {
  readonly made: MaterializedDay
  readonly day: string
  readonly parsed: ParsedDay
  readonly connections: ReadonlyMap<number, readonly Connection[]>
  readonly reputation: DayOfReputation
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
  const weeks = await expectReputation(made, day, oracle.reputation)
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

async function expectOracle(landedFiles: LandedFiles, settings: RandomSettings): Promise<void> {
  const days = [...landedFiles.keys()]
  const [firstDay = "", lastDay = ""] = [days[0], days.at(-1)]
  await withEngine({}, async (fixture) => {
    landFiles(fixture.landing, landedFiles)
    const made = await materializeDay(reputation(settings), { ...fixture, firstDay }, lastDay)
    const tables = createTables(settings)
    const advanceReputation = createReputationOracle(settings)
    for (const [day, files] of landedFiles) {
      const parsed = parseDayFiles(files, day)
      const connections = findConnections(parsed, day, settings)
      const { messages, quarantined } = parseMessages(files.messages ?? "", day)
      const reputation = advanceReputation(messages)
      if (reputation.isTrained) counts.models += 1
      const oracle = { made, day, parsed, connections, reputation, settings }
      await expectConnections(tables, oracle)
      counts.recommendations += await expectRecommendations(tables, oracle)
      counts.quarantined += quarantined.length
      const lines = made.quarantined.filter((line) => line.day === day)
      expect(lines.map(({ line, reason }) => `${line} ${reason}`).toSorted()).toEqual(
        [
          ...parsed.quarantined.map(([, line, reason]) => `${line} ${reason}`),
          ...quarantined.map(([line, reason]) => `${line} ${reason}`),
        ].toSorted(),
      )
    }
    expect(made.checks.filter(({ passed }) => !passed)).toEqual([])
  })
}

/** How often the files led to each. */
const counts = { models: 0, recommendations: 0, quarantined: 0 }

test.each(["filterThenCut", "cutThenFilter"] as const)(
  "on random landed files the published tables are what plain TypeScript computes: %s",
  async (order) => {
    await fc.assert(fc.asyncProperty(randomFiles(), randomSettings(order), expectOracle), {
      numRuns: Math.ceil(runs / 2),
      endOnFailure: true,
    })
    expect(Object.entries(counts).filter(([, count]) => count === 0)).toEqual([])
  },
)
