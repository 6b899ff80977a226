import {
  type AnyAsset,
  daily,
  hourly,
  int64,
  monthly,
  sourceAsset,
  sql,
  sqlAsset,
  staticKeys,
  weekly,
} from "@freshet/core"
import { describe, expect, test } from "vitest"

import { type CommandOutput, runCommand } from "../fixtures/fake-command-line.ts"
import { noon } from "../fixtures/tiny-project.ts"
import { createUnmaterializedProject } from "../fixtures/unmaterialized-project.ts"

const columns = { visits: int64("How many.") }
const common = { group: "visits", description: "Visits.", columns } as const
const zone = "Europe/London"

const hits = sourceAsset({
  ...common,
  name: "hits",
  partitions: hourly({ start: "2025-10-25T00", zone }),
  whenMissing: "gap",
  format: { kind: "json_lines" },
  path: "hits/{partition}.json",
})
const hourlyVisits = sqlAsset({
  ...common,
  name: "hourly_visits",
  partitions: hourly({ start: "2025-10-25T00", zone }),
  query: sql`select * from ${hits}`,
})
const dailyVisits = sqlAsset({
  ...common,
  name: "daily_visits",
  partitions: daily({ start: "2025-10-25", zone }),
  query: sql`select * from ${hourlyVisits}`,
})
const weeklyVisits = sqlAsset({
  ...common,
  name: "weekly_visits",
  partitions: weekly({ start: "2025-W44", zone }),
  query: sql`select * from ${dailyVisits}`,
})
const monthlyVisits = sqlAsset({
  ...common,
  name: "monthly_visits",
  partitions: monthly({ start: "2025-11", zone }),
  query: sql`select * from ${dailyVisits}`,
})
const shops = sourceAsset({
  ...common,
  name: "shops",
  partitions: staticKeys(["berlin", "são paulo", "tokyo"]),
  whenMissing: "empty",
  format: { kind: "json_lines" },
  path: "shops/{partition}.json",
})
const shopVisits = sqlAsset({
  ...common,
  name: "shop_visits",
  partitions: shops.partitions,
  query: sql`select * from ${shops}`,
})
const assets: readonly AnyAsset[] = [
  hits,
  hourlyVisits,
  dailyVisits,
  weeklyVisits,
  monthlyVisits,
  shops,
  shopVisits,
]

/** Hits from the first hour of the clocks' longest day of 2025 to the last of the year; shops once. */
const project = createUnmaterializedProject(
  assets,
  { hits: ["2025-10-25T00", "2025-12-31T23"], shops: ["tokyo"] },
  noon,
)

function run(line: string): Promise<CommandOutput> {
  return runCommand(project, line.split(" "))
}

/** Asset → the partitions that are asked for. */
async function targetsOf(line: string): Promise<Readonly<Record<string, string>>> {
  const { out, err } = await run(`${line} --json`)
  expect(err).toBe("")
  const { targets } = JSON.parse(out) as {
    targets: readonly { asset: string; partitions: readonly { from: string; to: string }[] }[]
  }
  return Object.fromEntries(
    targets.map(({ asset, partitions }) => [
      asset,
      partitions.map(({ from, to }) => (from === to ? from : `${from}..${to}`)).join(),
    ]),
  )
}

describe("a request names partitions", () => {
  test.each([
    ["hourly_visits --date 2025-11-02T07", { hourly_visits: "2025-11-02T07" }],
    ["hourly_visits --date 2025-11-02", { hourly_visits: "2025-11-02T00..2025-11-02T23" }],
    ["hourly_visits --partition 2025-10-26T01+0000", { hourly_visits: "2025-10-26T01+0000" }],
    ["weekly_visits --date 2025-W48", { weekly_visits: "2025-W48" }],
    ["weekly_visits --date 2025-11-26", { weekly_visits: "2025-W48" }],
    ["monthly_visits --date 2025-11-26", { monthly_visits: "2025-11" }],
    ["monthly_visits --from 2025-11 --to 2025-12", { monthly_visits: "2025-11..2025-12" }],
    ["shop_visits --partition tokyo", { shop_visits: "tokyo" }],
    ["daily_visits --partition 2025-11-02", { daily_visits: "2025-11-02" }],
  ])("%s by their own keys, or by a day that they lie in or hold", async (words, targets) => {
    expect(await targetsOf(`plan ${words}`)).toEqual(targets)
  })

  test("on the day on which clocks go back by its 25 hours", async () => {
    const { out } = await run("plan hourly_visits --date 2025-10-26 --json")
    const { steps } = JSON.parse(out) as { steps: readonly { count: number }[] }
    expect(steps.map(({ count }) => count)).toEqual([25])
  })

  test("of every granularity by a range of days: all that lie within", async () => {
    expect(await targetsOf("plan group:visits --from 2025-11-01 --to 2025-11-30")).toEqual({
      hourly_visits: "2025-11-01T00..2025-11-30T23",
      daily_visits: "2025-11-01..2025-11-30",
      weekly_visits: "2025-W45..2025-W48",
      monthly_visits: "2025-11",
    })
  })

  test("of those assets alone that have such keys", async () => {
    expect(await targetsOf("plan group:visits --date 2025-W48")).toEqual({
      weekly_visits: "2025-W48",
    })
    expect(await targetsOf("plan group:visits --partition berlin")).toEqual({
      shop_visits: "berlin",
    })
  })

  test("not at all: then the newest is meant, and of a set of keys all", async () => {
    expect(await targetsOf("plan group:visits")).toEqual({
      hourly_visits: "2025-12-31T23",
      daily_visits: "2025-12-31",
      weekly_visits: "2025-W52",
      monthly_visits: "2025-12",
      shop_visits: "berlin..tokyo",
    })
  })
})

test.each([
  ["backfill shop_visits --partition tokio", "has no key `tokio`", "Did you mean `tokyo`?"],
  ["backfill shop_visits --date 2025-11-02", "not by dates", "--partition"],
  ["backfill shop_visits --from berlin", "not by dates", "--partition"],
  ["backfill weekly_visits --date 2025-W60", "is not a week of the calendar", "YYYY-Www"],
  [
    "backfill hourly_visits --date 2025-11-02T24",
    "is not an hour of Europe/London",
    "YYYY-MM-DDThh",
  ],
  ["backfill monthly_visits --date 2025-13", "is not a month of the calendar", "YYYY-MM"],
  ["backfill monthly_visits --date 2025-10", "before its first month", "nearest is 2025-11"],
  ["backfill weekly_visits --date 2026-W02", "is not over yet", "the nearest is 2025-W52"],
  ["backfill daily_visits --date 2026-01-02", "inputs have landed", "nearest is 2025-12-31"],
  [
    "backfill weekly_visits --from 2025-11-18 --to 2025-11-22",
    "no whole week lies between",
    "--partition 2025-W47",
  ],
  [
    "backfill monthly_visits --from 2025-11-10 --to 2025-12-10",
    "no whole month lies between",
    "--from 2025-11 --to 2025-12",
  ],
  [
    "backfill daily_visits --date 2025-11-02 --partition 2025-11-02",
    "cannot be combined",
    "Omit one",
  ],
  ["why hourly_visits --partition 2025-11-02", "means 24 partitions", "Name one hour"],
  ["show shop_visits --partition tokio", "has no key `tokio`", "Did you mean `tokyo`?"],
])("%s is refused with the nearest valid choice, and nothing runs", async (line, what, hint) => {
  const { code, out, err } = await run(line)
  expect({ code, out }).toEqual({ code: 2, out: "" })
  expect(err).toContain(what)
  expect(err).toContain(hint)
})

test("status counts partitions by their noun, and shows a set of keys by the first in the worst state", async () => {
  const { out } = await run("status")
  expect(out).toMatch(/^◌ {2}hourly_visits +missing +2025-12-31T23 +1,633 of 1,633 hours missing/m)
  expect(out).toMatch(/^◌ {2}monthly_visits .* 2 of 2 months missing/m)
  expect(out).toMatch(/^◌ {2}shop_visits +missing +berlin +3 of 3 keys missing/m)
})

test("assets and show print the granularity", async () => {
  expect((await run("assets")).out).toMatch(/^weekly_visits +visits +sql +weekly/m)
  expect((await run("show hourly_visits")).out).toContain("hourly (Europe/London)")
  expect((await run("show shop_visits")).out).toContain("by 3 keys")
})

test("why prints the command that materializes this partition", async () => {
  const week = await run("why weekly_visits --partition 2025-W48")
  expect(week.out).toContain("freshet backfill weekly_visits --date 2025-W48")
  expect(week.out).toContain("hourly_visits 2025-11-24T00 to 2025-11-30T23: never materialized")
  const shop = await runCommand(project, ["why", "shop_visits", "--partition", "são paulo"])
  expect(shop.out).toContain("freshet backfill shop_visits --partition 'são paulo'")
})

test("show describes the newest partition or the requested one", async () => {
  expect((await run("show weekly_visits")).out).toContain("missing, newest 2025-W52")
  expect((await run("show weekly_visits --partition 2025-W48")).out).toContain("week 2025-W48")
  const { out } = await run("show weekly_visits --partition 2025-W48 --json")
  const shown = { partition: "2025-W48", newest_partition: "2025-W52", status: "missing" }
  expect(JSON.parse(out)).toMatchObject(shown)
})
