import { readdirSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"

import { expect, test } from "vitest"

import type { DeclaredProject } from "./declared-project.ts"
import { expectDone, readFreshetJson, runFreshet } from "./freshet-process.ts"
import { landRaw, readPublishedRows, recsPrelude, withPublishedRecs } from "./published-recs.ts"

const days = `daily({ start: "2026-01-01" })`

/** Declares `recs`, published, with these partitions; `read` is what its query reads. */
function declareRecs(partitions = days, read = "raw", retention = ""): string {
  const prelude = recsPrelude.replace("daily,", "all, daily, keepFor, monthly, unpartitioned,")
  return `${prelude}
    const recs = sqlAsset({
      group: "recs", columns, name: "recs", description: "Events by pair.",
      partitions: ${partitions}, ${retention}
      query: sql\`select u, r, count(*) as n from \${${read}} group by u, r\`,
      publish: publishTo(recsTable, { set: "s" }),
    })
    export const assets = [raw, recs]`
}

/** Lands a file a day of January, in which the user has an event with the user of the day's number. */
function landJanuary(project: DeclaredProject): void {
  for (let day = 1; day <= 31; day += 1)
    landRaw(project, `2026-01-${String(day).padStart(2, "0")}`, day)
}

const everyDay = ["--from", "2026-01-01", "--to", "2026-01-31"] as const

/** Materializes every day, and publishes. */
async function materializeDays(project: DeclaredProject): Promise<void> {
  expectDone(await runFreshet(project, "materialize", "recs", ...everyDay))
}

/** The answers of all commands that read stored rows: the number of rows that each gives. */
async function countRows(project: DeclaredProject) {
  const readCount = async (relation: string) => {
    const query = `select count(*)::integer as rows from ${relation}`
    const { rows } = await readFreshetJson<{ rows: readonly { readonly rows: number }[] }>(
      project,
      "sql",
      query,
    )
    return rows[0]?.rows
  }
  const file = join(project.folder, "export.csv")
  rmSync(file, { force: true })
  expectDone(
    await runFreshet(project, "data", "export", "recs", "--format", "csv", "--output", file),
  )
  const head = await readFreshetJson<{ partition: string; rows: readonly unknown[] }>(
    project,
    "data",
    "head",
    "recs",
    "--limit",
    "100",
  )
  return {
    sql: await readCount("recs"),
    all: await readCount('"recs@all"'),
    head: head.rows.length,
    exported: readFileSync(file, "utf8").trimEnd().split("\n").length - 1,
    partition: head.partition,
    published: (await readPublishedRows(project)).length,
  }
}

const daily = { sql: 1, all: 31, head: 1, exported: 1, partition: "2026-01-31", published: 1 }

test.each([
  ["monthly", `monthly({ start: "2026-01" })`, "raw", "2026-01"],
  ["unpartitioned", "unpartitioned", "all(raw)", "all"],
])(
  "11.2: %s instead of daily partitions answer everywhere, and a revert finds the days fresh",
  async (_, partitions, read, key) => {
    await withPublishedRecs(declareRecs(), async (project) => {
      landJanuary(project)
      await materializeDays(project)
      expect(await countRows(project)).toEqual(daily)

      await project.declare(declareRecs(partitions, read))
      const missing = await runFreshet(project, "sql", "select * from recs")
      expect(missing.code).not.toBe(0)
      expectDone(await runFreshet(project, "materialize"))
      expect(await countRows(project)).toEqual({
        sql: 31,
        all: 31,
        head: 31,
        exported: 31,
        partition: key,
        published: 31,
      })
      expect((await runFreshet(project, "materialize")).stdout).toContain("Nothing is stale")

      await project.declare(declareRecs())
      const plan = await readFreshetJson<{ steps: readonly unknown[] }>(
        project,
        "plan",
        ...everyDay,
      )
      expect(plan.steps).toEqual([])
      expectDone(await runFreshet(project, "materialize"))
      expect(await countRows(project)).toEqual(daily)
    })
  },
)

test("11.2: days of another time zone are other partitions, and a revert finds the first ones fresh", async () => {
  const local = `daily({ start: "2026-01-01", zone: "Asia/Tokyo" })`
  await withPublishedRecs(declareRecs(days, "all(raw)"), async (project) => {
    landRaw(project, "2026-01-01", 1)
    const days = ["--from", "2026-01-01", "--to", "2026-01-02"] as const
    expectDone(await runFreshet(project, "backfill", "recs", ...days))
    await project.declare(declareRecs(local, "all(raw)"))
    expect((await runFreshet(project, "sql", "select * from recs")).code).not.toBe(0)
    const plan = await readFreshetJson(project, "plan", "recs", ...days)
    expect(plan).toMatchObject({ steps: [{ status: "missing", count: 2 }] })
    expectDone(await runFreshet(project, "backfill", "recs", "--date", "2026-01-02"))
    await project.declare(declareRecs(`daily({ start: "2026-01-01" })`, "all(raw)"))
    const reverted = await readFreshetJson<{ steps: readonly unknown[] }>(
      project,
      "plan",
      "recs",
      ...days,
    )
    expect(reverted.steps).toEqual([])
  })
})

test("11.2: days before a later start and after an earlier end are not read", async () => {
  await withPublishedRecs(declareRecs(), async (project) => {
    landJanuary(project)
    await materializeDays(project)
    await project.declare(declareRecs(`daily({ start: "2026-01-11", end: "2026-01-20" })`))
    expectDone(await runFreshet(project, "materialize"))
    expect(await countRows(project)).toEqual({ ...daily, all: 10, partition: "2026-01-20" })
    expect(await readPublishedRows(project)).toEqual(["1 20 1"])
    await project.declare(declareRecs())
    expectDone(await runFreshet(project, "materialize"))
    expect(await countRows(project)).toEqual(daily)
  })
})

test("11.2: gc collects the materializations of a former definition after their retention", async () => {
  const atOnce = "retention: keepFor({ days: 0 }),"
  await withPublishedRecs(declareRecs(days, "raw", atOnce), async (project) => {
    landJanuary(project)
    await materializeDays(project)
    await project.declare(declareRecs("unpartitioned", "all(raw)", atOnce))
    expectDone(await runFreshet(project, "materialize"))
    const options = ["gc", "--grace", "0", "--yes"] as const
    expect(await readFreshetJson(project, ...options)).toMatchObject({ materializations: 31 })
    expect(readdirSync(join(project.lake, "recs"))).toEqual(["all"])
    expect(await readPublishedRows(project)).toHaveLength(31)
    expect((await runFreshet(project, "materialize")).stdout).toContain("Nothing is stale")
  })
})
