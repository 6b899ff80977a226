import {
  type AnyAsset,
  daily,
  int64,
  latest,
  sourceAsset,
  sql,
  sqlAsset,
  staticKeys,
  unpartitioned,
} from "@freshet/core"
import { describe, expect, test } from "vitest"

import { runCommand } from "../fixtures/fake-command-line.ts"
import { noon } from "../fixtures/tiny-project.ts"
import { createUnmaterializedProject } from "../fixtures/unmaterialized-project.ts"

const columns = { visits: int64("How many.") }
const common = { group: "visits", description: "Visits.", columns } as const
const days = daily({ start: "2026-01-01" })

const hits = sourceAsset({
  ...common,
  name: "hits",
  partitions: days,
  format: { kind: "json_lines" },
  path: "hits/{partition}.json",
})
const visits = sqlAsset({
  ...common,
  name: "visits",
  partitions: days,
  query: sql`select * from ${hits}`,
})
const total = sqlAsset({
  ...common,
  name: "total",
  partitions: unpartitioned,
  query: sql`select * from ${latest(visits)}`,
})
const shops = sourceAsset({
  ...common,
  name: "shops",
  partitions: staticKeys(["berlin", "tokyo"]),
  whenMissing: "empty",
  format: { kind: "json_lines" },
  path: "shops/{partition}.json",
})
const byShop = sqlAsset({
  ...common,
  name: "by_shop",
  partitions: shops.partitions,
  query: sql`select * from ${shops}`,
})
const assets: readonly AnyAsset[] = [hits, visits, total, shops, byShop]
const landed = { hits: ["2026-01-02", "2026-01-03"], shops: ["tokyo"] }
const project = createUnmaterializedProject(assets, landed, noon)

const wrong: readonly (readonly [words: string, message: string, nearest: string])[] = [
  ["visits --date 2025-12-31", "comes before its first day", "the nearest is 2026-01-02"],
  ["visits --date 2026-01-01", "comes before its first day", "the nearest is 2026-01-02"],
  ["visits --date 2026-01-04", "for which its inputs have landed", "nearest is 2026-01-03"],
  ["visits --date 2026-01-05", "is not over yet", "the nearest is 2026-01-03"],
  ["visits --date 2031-07-01", "is not over yet", "the nearest is 2026-01-03"],
  ["visits --partition berlin", "is not a day of the calendar", "YYYY-MM-DD"],
  ["visits --from 2026-01-03 --to 2026-01-02", "The range is empty", "--from 2026-01-02 --to"],
  ["visits --from 2026-01-04", "for which its inputs have landed", "nearest is 2026-01-03"],
  ["visits --to 2026-01-01", "comes before its first day", "the nearest is 2026-01-02"],
  ["total --date 2026-01-02", "is not partitioned", "`freshet materialize total`"],
  ["total --from 2026-01-02", "is not partitioned", "`freshet materialize total`"],
  ["by_shop --partition tokio", "has no key `tokio`", "Did you mean `tokyo`?"],
  ["visit --date 2026-01-02", "No asset is named `visit`", "Did you mean `visits`?"],
]

describe.each(["backfill", "backfill --inputs recorded", "materialize", "plan", "verify"])(
  "%s",
  (command) => {
    test.each(wrong)("%s: one clear message with what is nearest", async (words, what, nearest) => {
      await expectRefused(`${command} ${words}`, what, nearest)
    })
  },
)

describe.each(["why", "show", "data head"])("%s", (command) => {
  const keyed = wrong.filter(([words]) => /^\w+ --(date|partition) \S+$/.test(words))

  test.each(keyed)("%s: one clear message with what is nearest", async (words, what, nearest) => {
    await expectRefused(`${command} ${words.replace("--date", "--partition")}`, what, nearest)
  })
})

test.each([
  ["backfill visits", "no default range", "--date"],
  [
    "backfill group:visits --date 2026-01-02",
    "this command takes one",
    "Name one of them: `hits`, `visits`",
  ],
  ["backfill hits --date 2026-01-02", "is a source", "`freshet status hits+`"],
  ["runs cancel 1999 now", "is one word too many", "takes one"],
  ["runs show 1999", "No single run has an id that begins with `1999`", "`freshet runs`"],
  ["apply", "The file is missing", "--help"],
  ["apply no-such-plan.json", "There is no file /project/no-such-plan.json", "--save FILE"],
])("%s: one clear message with what is nearest", async (line, what, nearest) => {
  await expectRefused(line, what, nearest)
})

async function expectRefused(line: string, what: string, nearest: string): Promise<void> {
  const { code, out, err } = await runCommand(project, line.split(" "))
  expect({ code, out }).toEqual({ code: 2, out: "" })
  expect(err).toContain(what)
  expect(err).toContain(nearest)
  expect(err.match(/^error: /gm)).toHaveLength(1)
  expect(err).not.toMatch(/^\s+at /m)
}
