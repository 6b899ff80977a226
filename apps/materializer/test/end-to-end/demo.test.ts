import { afterAll, beforeAll, expect, test } from "vitest"

import {
  expectCode,
  createCommandPlace,
  type CommandResult,
  type CommandPlace,
} from "./command-place.ts"

let place: CommandPlace
let first: CommandResult

beforeAll(async () => {
  place = await createCommandPlace()
  first = await place.freshet("demo")
})

afterAll(() => place.remove())

test("the demo ends with recommendations, and with answers about films, from PostgreSQL", () => {
  expectCode(first, 0)
  expect(first.out).toContain("Published stocktwits 2026-01-10.")
  expect(first.out).toContain("Published movies")
  expect(first.out).toContain("All 54 assets are up to date. The newest day is 2026-01-10.")
  const sentences = first.out.match(/^ {2}\w+: you might follow \w+ \(strength [\d,]+\),$/gm)
  expect(sentences).toHaveLength(3)
  expect(first.out).toMatch(/The highest rated is .* of 5 stars from \d+ users\./)
  expect(first.out).toMatch(/The highest earning genre is .* million USD at constant prices/)
  expect(first.out.match(/^ {4}because you engage with .*, and they with \w+\.$/gm)).toHaveLength(3)
})

test("run again it finds nothing stale and says the same", async () => {
  const again = await place.freshet("demo")
  expectCode(again, 0)
  expect(again.out).toContain("Nothing is stale")
  const told = (text: string) => text.slice(text.indexOf("All 54 assets"))
  expect(told(again.out)).toBe(told(first.out))
})

test("every command works on its data with --demo, and says how to go on there", async () => {
  const [status, why, rows] = await Promise.all([
    place.freshet("status", "--demo"),
    place.freshet("why", "user_recs", "--partition", "2026-01-05", "--demo"),
    place.freshet("sql", "--demo", "--published", "select count(*) from stocktwits.rooms"),
  ])
  expect(status.out).toContain("Published: stocktwits 2026-01-10")
  expect(why.out).toContain("freshet backfill user_recs --date 2026-01-05 --demo")
  expect(rows.out).toMatch(/^count\n +\d{3,}\n$/)
  expect(first.out).toContain("`freshet data quarantine activity_log --demo` shows them.")
  expect(first.out).toContain("npx freshet status --demo ")
})

test("an answer reads as a report: title, period, definition, and figures with units", async () => {
  const { out } = await place.freshet("data", "head", "genre_earnings", "--limit", "5", "--demo")
  expect(out).toMatch(/^The highest earning genres at constant prices\n\d{4}-\d\d-\d\d to \d{4}-/)
  expect(out).toContain("\n\nGenres by what their films earned at the ticket prices of 2020-01:")
  expect(out).toMatch(/\nrank +genre_id +genre +films +total_adjusted /)
  expect(out).toMatch(/\n +films +USD of 2020-01 +USD of 2020-01 +USD /)
  expect(out).toMatch(/\n +1 +\d+ +[A-Z]\w+ +\d+ +[\d,]+,\d{3}\.\d\d /)
  expect(out).not.toContain("released_from")
  const shown = await place.freshet("show", "genre_earnings", "--demo")
  expect(shown.out).toContain("\nAnswer\n")
  expect(shown.out).toContain(out.trim().split("\n").at(-1) ?? "nothing")
})

test("a user's own data are never touched by it", async () => {
  const { out } = await place.freshet("status")
  expect(out).toContain(`Nothing has landed yet. Files are expected in ${place.landing}:`)
})
