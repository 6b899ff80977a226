import { join } from "node:path"

import { expect } from "vitest"

import { expectDone } from "./expect-done.ts"
import { stepsReachedFrom, stepsReading } from "./expected-steps.ts"
import { type Ended, freshet } from "./freshet-process.ts"
import { readContents, readLineCounts, readNewestSteps } from "./ledger-contents.ts"
import { landRealDay, landRealSnapshots, realDays, type RealMessage } from "./real-input.ts"
import { withFileReader } from "./stored-files.ts"
import { withWorkplace, type Workplace } from "./workplace.ts"

type Messages = ReadonlyMap<string, readonly RealMessage[]>

/** Backfills so many days of the real log without one in the middle, lands that one late, and sees that exactly what depends on it is made anew. */
export async function expectRealBackfill(count: number): Promise<void> {
  await withWorkplace(async (place) => {
    const messages = realDays(count)
    const [first = ""] = messages.keys()
    const days = calendar(first, [...messages.keys()].at(-1) ?? "")
    const late = [...messages.keys()][Math.floor(messages.size / 2)] ?? ""
    landRealSnapshots(place, first)
    for (const [day, ofDay] of messages) if (day !== late) landRealDay(place, day, ofDay)
    const range = ["user_recs", "--from", first, "--to", days.at(-1) ?? ""]

    const whole = await freshet(place, "backfill", ...range)
    expectDone(whole)
    await expectCounts(place, new Map([...messages].filter(([day]) => day !== late)), days)
    const before = (await readContents(place)).versions

    landRealDay(place, late, messages.get(late) ?? [])
    const reached = stepsReachedFrom(late, days)
    expect(await plannedSteps(place, range)).toEqual(reached)
    const again = await freshet(place, "backfill", ...range)
    expectDone(again)
    await expectCounts(place, messages, days)
    await expectLeastWork(place, { before, late, days, reached })
    await expectEngagements(place, messages, days[days.indexOf(late) + 3] ?? late)

    const nothing = await freshet(place, "backfill", ...range)
    expectDone(nothing)
    expect(nothing.stdout).toContain("Nothing is stale")
    console.log(
      `${days.length} days in ${seconds(whole)}, one late file in ${seconds(again)}, nothing in ${seconds(nothing)}`,
    )
  })
}

function seconds({ ms }: Ended): string {
  return `${(ms / 1000).toFixed(1)} s`
}

/** All days of the calendar from one to another. */
function calendar(first: string, last: string): readonly string[] {
  const days: string[] = []
  for (let ms = Date.parse(first); ms <= Date.parse(last); ms += 86_400_000)
    days.push(new Date(ms).toISOString().slice(0, 10))
  return days
}

interface PlannedStep {
  readonly computation: string
  readonly partitions: readonly { readonly from: string; readonly to: string }[]
}

async function plannedSteps(
  place: Workplace,
  words: readonly string[],
): Promise<ReadonlySet<string>> {
  const { stdout } = await freshet(place, "plan", ...words, "--no-publish", "--json")
  const plan = JSON.parse(stdout) as { readonly steps: readonly PlannedStep[] } // as `plan --json` writes
  return new Set(
    plan.steps.flatMap(({ computation, partitions }) =>
      partitions.flatMap(({ from, to }) =>
        calendar(from, to).map((day) => `${computation} ${day}`),
      ),
    ),
  )
}

/** Every message of a day is a line, a row and a mention of that day. */
async function expectCounts(
  place: Workplace,
  messages: Messages,
  days: readonly string[],
): Promise<void> {
  const counts = await readLineCounts(place)
  const { made } = await readContents(place)
  const rows = new Map(made.map((each) => [`${each.asset} ${each.day}`, each.rows]))
  for (const day of days) {
    const count = messages.get(day)?.length ?? 0
    expect(counts.get(`activity_log ${day}`)).toMatchObject({ lines: count, quarantined: 0 })
    expect([rows.get(`messages ${day}`), rows.get(`user_mentions ${day}`)]).toEqual([count, count])
  }
}

/** Of the steps within reach, those were made anew whose inputs came out changed; the others were found unchanged. */
async function expectLeastWork(
  place: Workplace,
  {
    before,
    late,
    days,
    reached,
  }: {
    readonly before: ReadonlyMap<string, string>
    readonly late: string
    readonly days: readonly string[]
    readonly reached: ReadonlySet<string>
  },
): Promise<void> {
  const steps = await readNewestSteps(place)
  expect(new Set(steps.keys())).toEqual(reached)
  const { versions } = await readContents(place)
  const changed = stepsReading(
    days,
    (asset, day) =>
      (asset === "activity_log" && day === late) ||
      before.get(`${asset} ${day}`) !== versions.get(`${asset} ${day}`),
  )
  const made = [...steps].flatMap(([step, outcome]) => (outcome === "made" ? [step] : []))
  expect(new Set(made)).toEqual(changed)
  expect(new Set(steps.values())).toEqual(new Set(["made", "unchanged"]))
  const outside = [...before.keys()].filter((key) => !reached.has(key))
  expect(outside.length).toBeGreaterThan(0)
}

/** Who engaged how often with whom in a window, counted here from the log itself. */
async function expectEngagements(place: Workplace, messages: Messages, day: string): Promise<void> {
  const window = calendar(
    new Date(Date.parse(day) - 6 * 86_400_000).toISOString().slice(0, 10),
    day,
  )
  const weights = new Map<string, number>()
  for (const { user, mentioned } of window.flatMap((each) => messages.get(each) ?? [])) {
    const pair = `${user} ${mentioned}`
    weights.set(pair, (weights.get(pair) ?? 0) + 1)
  }
  const { made } = await readContents(place)
  const file = made.findLast((each) => each.asset === "user_engagements" && each.day === day)?.file
  const found = await withFileReader(place.folder, (session) =>
    session.withConnection((connection) =>
      connection.rows(`
        select user_id || ' ' || engaged_with_id as pair, weight
        from read_parquet('${join(place.lake, file ?? "")}')`),
    ),
  )
  expect(new Map(found.map((row) => [row["pair"], row["weight"]]))).toEqual(weights)
}
