import { expect, test } from "vitest"

import type { DeclaredProject } from "./declared-project.ts"
import { expectDone, runFreshet } from "./freshet-process.ts"
import { killAtLock } from "./kill-at-lock.ts"
import { readPublishedRows, withPublishedRecs } from "./published-recs.ts"

/** Declares `listed`, the published rows of a daily asset, which expire after some days. */
function declareListed(expireAfterDays: number): string {
  return `
    import { daily, expiringAsset, int32, publishTo, sourceAsset, sql, sqlAsset, unique } from "@freshet/core"
    import { integer, pgTable, timestamp } from "drizzle-orm/pg-core"
    const day = () => timestamp({ withTimezone: true }).notNull()
    const listedTable = pgTable("listed",
      { id: integer().primaryKey(), n: integer().notNull(), created_at: day(), updated_at: day() })
    const common = { group: "lists", partitions: daily({ start: "2026-01-01" }) }
    const columns = { id: int32("The row."), n: int32("Its value.") }
    const raw = sourceAsset({
      ...common, columns, name: "raw", description: "Rows of a day.",
      format: { kind: "csv", noHeader: { width: 2, positions: { id: 0, n: 1 } } },
      path: "raw/{partition}.csv",
    })
    const found = sqlAsset({
      ...common, columns, name: "found", description: "Rows of a day.", query: sql\`from \${raw}\`,
    })
    const listed = expiringAsset({
      name: "listed", group: "lists", description: "Rows that have not expired.", columns,
      rows: found, key: ["id"], expireAfterDays: ${expireAfterDays}, keepWhile: sql\`expiring.n < 90\`,
      checks: [unique("id")],
      publish: publishTo(listedTable, { set: "lists" }),
    })
    export const assets = [raw, found, listed]`
}

const createTable =
  "create table listed (id int primary key, n int not null, created_at timestamptz not null, updated_at timestamptz not null)"

const readListed = (project: DeclaredProject) =>
  readPublishedRows(
    project,
    `select id, n, extract(day from created_at at time zone 'UTC'), extract(day from updated_at at time zone 'UTC')
     from listed order by id`,
  )

/** Day of January → its rows. Row 1 is always there, 2 misses a day, 3 misses two, 4 changes, 5 may not stay. */
const days: readonly (readonly string[])[] = [
  ["1,1", "2,1", "3,1", "4,1"],
  ["1,1", "2,1", "3,1", "4,1", "5,90"],
  ["1,1", "4,2"],
  ["1,1", "2,1", "4,2"],
  ["1,1", "2,1", "3,1", "4,2"],
  ["1,1"],
  ["1,1", "2,2"],
  ["1,1"],
  [],
  ["1,1", "2,2"],
]

/** The table after each day, with expiry after 1 day: id, value, first day, day of the last change. */
const afterEachDay: readonly (readonly string[])[] = [
  ["1 1 1 1", "2 1 1 1", "3 1 1 1", "4 1 1 1"],
  ["1 1 1 1", "2 1 1 1", "3 1 1 1", "4 1 1 1", "5 90 2 2"],
  ["1 1 1 1", "2 1 1 1", "3 1 1 1", "4 2 1 3"],
  ["1 1 1 1", "2 1 1 1", "4 2 1 3"],
  ["1 1 1 1", "2 1 1 1", "3 1 5 5", "4 2 1 3"],
  ["1 1 1 1", "2 1 1 1", "3 1 5 5", "4 2 1 3"],
  ["1 1 1 1", "2 2 1 7"],
  ["1 1 1 1", "2 2 1 7"],
  ["1 1 1 1"],
  ["1 1 1 1", "2 2 10 10"],
]

const formatDay = (number: number) => `2026-01-${String(number).padStart(2, "0")}`

function landDay(project: DeclaredProject, number: number, rows: readonly string[]): void {
  project.land(`raw/${formatDay(number)}.csv`, rows.map((row) => `${row}\n`).join(""))
}

async function materialize(project: DeclaredProject): Promise<readonly string[]> {
  expectDone(await runFreshet(project, "materialize"))
  return readListed(project)
}

/** Kills a run while its publication waits for the published table, which keeps its rows. */
async function killPublisher(
  project: DeclaredProject,
  rowsBefore: readonly string[] = [],
): Promise<void> {
  await killAtLock(project, { table: "listed" }, "materialize")
  expect(await readListed(project)).toEqual(rowsBefore)
}

test("rows expire a day after they were last produced, and a row that returns earlier keeps its first day", async () => {
  await withPublishedRecs(
    declareListed(1),
    async (project) => {
      for (const [at, rows] of days.entries()) {
        landDay(project, at + 1, rows)
        if (at === 3 || at === 6) await killPublisher(project, afterEachDay[at - 1])
        expect(await materialize(project)).toEqual(afterEachDay[at])
      }
    },
    createTable,
  )
})

test("the days of rows do not depend on when they were published: all at once, after a wipe, after a backfill", async () => {
  await withPublishedRecs(
    declareListed(1),
    async (project) => {
      for (const [at, rows] of days.entries()) landDay(project, at + 1, rows)
      expect(await materialize(project)).toEqual(afterEachDay.at(-1))
      for (const asset of ["found", "listed"])
        expectDone(await runFreshet(project, "wipe", asset, "--all", "--yes"))
      expect(await materialize(project)).toEqual(afterEachDay.at(-1))
      landDay(project, 9, ["2,2"])
      expectDone(await runFreshet(project, "backfill", "listed", "--date", "2026-01-09", "--yes"))
      expect(await materialize(project)).toEqual(["1 1 1 1", "2 2 1 7"])
    },
    createTable,
  )
})

test("rows that expire after 0 days are removed at once, and the days of the others stay", async () => {
  await withPublishedRecs(
    declareListed(0),
    async (project) => {
      for (const [at, rows] of days.slice(0, 4).entries()) landDay(project, at + 1, rows)
      expect(await materialize(project)).toEqual(["1 1 1 1", "2 1 4 4", "4 2 1 3"])
    },
    createTable,
  )
})
