import { join } from "node:path"

import { expect } from "vitest"

import { findStepsReachedFrom, findStepsReading } from "./expected-steps.ts"
import { type CommandResult, expectDone, runFreshet } from "./freshet-process.ts"
import { readContents, readLineCounts, readNewestSteps } from "./ledger-contents.ts"
import { landRealDay, landRealSnapshots, readRealDays, type RealMessage } from "./real-input.ts"
import { withFileReader } from "./stored-files.ts"
import { withTestProject, type TestProject } from "./test-project.ts"

type Messages = ReadonlyMap<string, readonly RealMessage[]>

/** Backfills days of the real log without one in the middle, lands that one late, and expects that exactly its downstream partitions are rebuilt. */
export async function expectRealBackfill(count: number): Promise<void> {
  await withTestProject(async (place) => {
    const messages = readRealDays(count)
    const [first = ""] = messages.keys()
    const days = listDays(first, [...messages.keys()].at(-1) ?? "")
    const lateDay = [...messages.keys()][Math.floor(messages.size / 2)] ?? ""
    landRealSnapshots(place, first)
    for (const [day, dayMessages] of messages)
      if (day !== lateDay) landRealDay(place, day, dayMessages)
    const range = ["user_recs", "--from", first, "--to", days.at(-1) ?? ""]

    const firstRun = await runFreshet(place, "backfill", ...range)
    expectDone(firstRun)
    await expectCounts(place, new Map([...messages].filter(([day]) => day !== lateDay)), days)
    const previousVersions = (await readContents(place)).versions

    landRealDay(place, lateDay, messages.get(lateDay) ?? [])
    const reachedSteps = findStepsReachedFrom(lateDay, days)
    expect(await readPlannedSteps(place, range)).toEqual(reachedSteps)
    const lateRun = await runFreshet(place, "backfill", ...range)
    expectDone(lateRun)
    await expectCounts(place, messages, days)
    await expectLeastWork(place, { previousVersions, lateDay, days, reachedSteps })
    await expectEngagements(place, messages, days[days.indexOf(lateDay) + 3] ?? lateDay)

    const idleRun = await runFreshet(place, "backfill", ...range)
    expectDone(idleRun)
    expect(idleRun.stdout).toContain("Nothing is stale")
    console.log(
      `${days.length} days in ${formatSeconds(firstRun)}, one late file in ${formatSeconds(lateRun)}, nothing in ${formatSeconds(idleRun)}`,
    )
  })
}

function formatSeconds({ ms }: CommandResult): string {
  return `${(ms / 1000).toFixed(1)} s`
}

/** Lists the days from one to another. */
function listDays(first: string, last: string): readonly string[] {
  const days: string[] = []
  for (let ms = Date.parse(first); ms <= Date.parse(last); ms += 86_400_000)
    days.push(new Date(ms).toISOString().slice(0, 10))
  return days
}

interface PlannedStep {
  readonly computation: string
  readonly partitions: readonly { readonly from: string; readonly to: string }[]
}

async function readPlannedSteps(
  place: TestProject,
  words: readonly string[],
): Promise<ReadonlySet<string>> {
  const { stdout } = await runFreshet(place, "plan", ...words, "--no-publish", "--json")
  const plan = JSON.parse(stdout) as { readonly steps: readonly PlannedStep[] } // as `plan --json` writes
  return new Set(
    plan.steps.flatMap(({ computation, partitions }) =>
      partitions.flatMap(({ from, to }) =>
        listDays(from, to).map((day) => `${computation} ${day}`),
      ),
    ),
  )
}

/** Expects a line, a row and a mention for every message of a day. */
async function expectCounts(
  place: TestProject,
  messages: Messages,
  days: readonly string[],
): Promise<void> {
  const counts = await readLineCounts(place)
  const { materializations } = await readContents(place)
  const rows = new Map(
    materializations.map((materialization) => [
      `${materialization.asset} ${materialization.day}`,
      materialization.rows,
    ]),
  )
  for (const day of days) {
    const count = messages.get(day)?.length ?? 0
    expect(counts.get(`activity_log ${day}`)).toMatchObject({ lines: count, quarantined: 0 })
    expect([rows.get(`messages ${day}`), rows.get(`user_mentions ${day}`)]).toEqual([count, count])
  }
}

/** Expects that downstream steps with changed inputs were materialized, and the others were unchanged. */
async function expectLeastWork(
  place: TestProject,
  {
    previousVersions,
    lateDay,
    days,
    reachedSteps,
  }: {
    readonly previousVersions: ReadonlyMap<string, string>
    readonly lateDay: string
    readonly days: readonly string[]
    readonly reachedSteps: ReadonlySet<string>
  },
): Promise<void> {
  const steps = await readNewestSteps(place)
  expect(new Set(steps.keys())).toEqual(reachedSteps)
  const { versions } = await readContents(place)
  const changedSteps = findStepsReading(
    days,
    (asset, day) =>
      (asset === "activity_log" && day === lateDay) ||
      previousVersions.get(`${asset} ${day}`) !== versions.get(`${asset} ${day}`),
  )
  const materializedSteps = [...steps].flatMap(([step, outcome]) =>
    outcome === "materialized" ? [step] : [],
  )
  expect(new Set(materializedSteps)).toEqual(changedSteps)
  expect(new Set(steps.values())).toEqual(new Set(["materialized", "unchanged"]))
  const outside = [...previousVersions.keys()].filter((key) => !reachedSteps.has(key))
  expect(outside.length).toBeGreaterThan(0)
}

/** Compares the engagements of a window with a count over the log itself. */
async function expectEngagements(
  place: TestProject,
  messages: Messages,
  day: string,
): Promise<void> {
  const window = listDays(
    new Date(Date.parse(day) - 6 * 86_400_000).toISOString().slice(0, 10),
    day,
  )
  const weights = new Map<string, number>()
  for (const { user, mentioned } of window.flatMap((windowDay) => messages.get(windowDay) ?? [])) {
    const pair = `${user} ${mentioned}`
    weights.set(pair, (weights.get(pair) ?? 0) + 1)
  }
  const { materializations } = await readContents(place)
  const file = materializations.findLast(
    (materialization) =>
      materialization.asset === "user_engagements" && materialization.day === day,
  )?.file
  const rows = await withFileReader(place.folder, (session) =>
    session.withConnection((connection) =>
      connection.rows(`
        select user_id || ' ' || engaged_with_id as pair, weight
        from read_parquet('${join(place.lake, file ?? "")}')`),
    ),
  )
  expect(new Map(rows.map((row) => [row["pair"], row["weight"]]))).toEqual(weights)
}
