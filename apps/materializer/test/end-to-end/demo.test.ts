import { afterAll, beforeAll, expect, test } from "vitest"

import { type CommandResult, expectDone, runFreshet } from "./freshet-process.ts"
import { openTestProject, type OpenTestProject } from "./test-project.ts"

let project: OpenTestProject
let first: CommandResult

beforeAll(async () => {
  project = openTestProject({ LANG: "C.UTF-8" })
  first = await run("demo")
})

afterAll(() => project.close())

const run = (...words: readonly string[]) => runFreshet(project, ...words)

test("the demo prints recommendations and film reports from PostgreSQL", () => {
  expectDone(first)
  expect(first.stdout).toContain("Published stocktwits 2026-01-10.")
  expect(first.stdout).toContain("Published movies")
  expect(first.stdout).toContain("All 80 assets are up to date. The newest day is 2026-01-10.")
  const sentences = first.stdout.match(/^ {2}\w+: you might follow \w+ \(strength [\d,]+\),$/gm)
  expect(sentences).toHaveLength(3)
  expect(first.stdout).toMatch(/The highest rated is .* of 5 stars from \d+ users\./)
  expect(first.stdout).toMatch(/The highest earning genre is .* million USD at constant prices/)
  expect(
    first.stdout.match(/^ {4}because you engage with .*, and they with \w+\.$/gm),
  ).toHaveLength(3)
})

test("a second demo finds nothing stale and prints the same", async () => {
  const again = await run("demo")
  expectDone(again)
  expect(again.stdout).toContain("Nothing is stale")
  const selectSummary = (text: string) => text.slice(text.indexOf("All 80 assets"))
  expect(selectSummary(again.stdout)).toBe(selectSummary(first.stdout))
})

test("every command works on the demo's data with --demo, and suggests commands with --demo", async () => {
  const [status, why, rows] = await Promise.all([
    run("status", "--demo"),
    run("why", "user_recs", "--partition", "2026-01-05", "--demo"),
    run("sql", "--demo", "--published", "select count(*) from stocktwits.rooms"),
  ])
  expect(status.stdout).toContain("Published: stocktwits 2026-01-10")
  expect(why.stdout).toContain("freshet backfill user_recs --date 2026-01-05 --demo")
  expect(rows.stdout).toMatch(/^count\n +\d{3,}\n$/)
  expect(first.stdout).toContain("`freshet data quarantine activity_log --demo` shows them.")
  expect(first.stdout).toContain("./freshet status --demo ")
})

test("a report has a title, a period, a definition, and figures with units", async () => {
  const { stdout } = await run("data", "head", "genre_earnings", "--limit", "5", "--demo")
  expect(stdout).toMatch(
    /^The highest earning genres at constant prices\n\d{4}-\d\d-\d\d to \d{4}-/,
  )
  expect(stdout).toContain("\n\nGenres by total revenue at the ticket prices of 2020-01:")
  expect(stdout).toMatch(/\nrank +genre_id +genre +films +total_adjusted /)
  expect(stdout).toMatch(/\n +films +USD of 2020-01 +USD of 2020-01 +USD /)
  expect(stdout).toMatch(/\n +1 +\d+ +[A-Z]\w+ +\d+ +[\d,]+,\d{3}\.\d\d /)
  expect(stdout).not.toContain("released_from")
  const shown = await run("show", "genre_earnings", "--demo")
  expect(shown.stdout).toContain("\nReport\n")
  expect(shown.stdout).toContain(stdout.trim().split("\n").at(-1) ?? "nothing")
})

test("the demo does not touch the user's own data", async () => {
  const { stdout } = await run("status")
  expect(stdout).toContain(`No file has landed yet. Files are expected in ${project.landing}:`)
})
