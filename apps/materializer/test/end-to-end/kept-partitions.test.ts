import { rmSync } from "node:fs"
import { join } from "node:path"

import { expect, test } from "vitest"

import type { DeclaredProject } from "./declared-project.ts"
import { expectDone, readFreshetJson, runFreshet } from "./freshet-process.ts"
import { withLedgerClient } from "./ledger-contents.ts"
import {
  createRecs,
  declareRecs,
  landRaw,
  readPublishedRows,
  recsPrelude,
  withPublishedRecs,
} from "./published-recs.ts"

/** Declares `recs` with a table that has a column for the day. */
function declareDays(keep: string): string {
  return `${recsPrelude}
    import { date } from "drizzle-orm/pg-core"
    const days = pgTable("recs", { day: date().notNull(), u: whole(), r: whole(), n: whole() },
      (table) => [primaryKey({ columns: [table.day, table.u, table.r] })])
    const recs = sqlAsset({
      ...common, columns, name: "recs", description: "Events by pair.",
      query: sql\`select u, r, n as n from (\${count})\`,
      publish: publishTo(days, { set: "s", keep: ${keep}, partitionColumn: "day" }),
    })
    export const assets = [raw, recs]`
}

const addDay = `
  alter table recs add column day date not null default '1970-01-01', drop constraint recs_pkey,
    add primary key (day, u, r)`

const query = "select day::text, u, r, n from recs order by day, u, r"

interface RunDocument {
  readonly publications: readonly {
    readonly withdrawn: readonly string[]
    readonly changes: readonly Readonly<Record<string, unknown>>[]
  }[]
}

async function publish(project: DeclaredProject, ...words: readonly string[]) {
  const { publications } = await readFreshetJson<RunDocument>(project, ...words)
  return publications.map(({ withdrawn, changes: [change] }) => [
    ...(["inserted", "updated", "deleted", "rows"] as const).map((name) => change?.[name]),
    ...withdrawn,
  ])
}

test("a change of keep migrates the table's content by one publication", async () => {
  await withPublishedRecs(declareRecs(), async (project) => {
    for (const day of [1, 2, 3, 4]) landRaw(project, `2026-01-0${day}`, day)
    expectDone(
      await runFreshet(project, "materialize", "--from", "2026-01-01", "--to", "2026-01-04"),
    )
    expect(await readPublishedRows(project)).toEqual(["1 4 1"])
    await withLedgerClient(project, (client) => client.query(addDay))
    await project.declare(declareDays('"partitions"'))
    expect(await publish(project, "materialize")).toEqual([[4, 0, 1, 4]])
    const all = ["2026-01-01 1 1 1", "2026-01-02 1 2 1", "2026-01-03 1 3 1", "2026-01-04 1 4 1"]
    expect(await readPublishedRows(project, query)).toEqual(all)
    expect(await publish(project, "materialize")).toEqual([])
    await project.declare(declareDays("{ last: 2 }"))
    expect(await publish(project, "materialize")).toEqual([[0, 0, 2, 2]])
    expect(await readPublishedRows(project, query)).toEqual(all.slice(2))
    await project.declare(declareDays('"partitions"'))
    expect(await publish(project, "materialize")).toEqual([[2, 0, 0, 4]])
    expect(await readPublishedRows(project, query)).toEqual(all)
  })
})

test("a change of keep migrates the only partition of a table, too", async () => {
  await withPublishedRecs(declareRecs(), async (project) => {
    landRaw(project, "2026-01-01", 1)
    expectDone(await runFreshet(project, "materialize"))
    await withLedgerClient(project, (client) => client.query(addDay))
    await project.declare(declareDays('"partitions"'))
    expect(await publish(project, "materialize")).toEqual([[1, 0, 1, 1]])
    expect(await readPublishedRows(project, query)).toEqual(["2026-01-01 1 1 1"])
    expect(await publish(project, "materialize")).toEqual([])
  })
})

test("a publication replaces the rows of the partitions that changed, older ones too, and removes those that no longer exist", async () => {
  await withPublishedRecs(
    declareDays('"partitions"'),
    async (project) => {
      for (const day of [1, 2, 3]) landRaw(project, `2026-01-0${day}`, day)
      expect(
        await publish(project, "materialize", "--from", "2026-01-01", "--to", "2026-01-03"),
      ).toEqual([[3, 0, 0, 3]])
      landRaw(project, "2026-01-01", 7)
      expect(await publish(project, "backfill", "recs", "--date", "2026-01-01")).toEqual([
        [1, 0, 1, 3],
      ])
      expect(await readPublishedRows(project, query)).toEqual([
        "2026-01-01 1 7 1",
        "2026-01-02 1 2 1",
        "2026-01-03 1 3 1",
      ])
      rmSync(join(project.landing, "raw/2026-01-03.json"))
      landRaw(project, "2026-01-02", 8)
      expect(await publish(project, "materialize")).toEqual([[1, 0, 2, 2, "2026-01-03"]])
      expect(await readPublishedRows(project, query)).toEqual([
        "2026-01-01 1 7 1",
        "2026-01-02 1 8 1",
      ])
    },
    `${createRecs}; ${addDay}`,
  )
})

const declareKeys = (options: string) => `${recsPrelude}
  import { staticKeys } from "@freshet/core"
  const byKey = pgTable("keys", { key: textColumn().primaryKey(), n: whole() })
  const keys = sqlAsset({
    group: "recs", name: "keys", description: "Keys.", columns: { n: int64() },
    partitions: staticKeys(["de", "fr", "it"]), query: sql\`select 7::bigint as n\`,
    publish: publishTo(byKey, { set: "k", ${options} }),
  })
  export const assets = [keys]`

test("an asset partitioned by key publishes all keys, or is refused when the project is loaded", async () => {
  await withPublishedRecs(
    declareKeys('keep: "partitions", partitionColumn: "key"'),
    async (project) => {
      expectDone(await runFreshet(project, "materialize"))
      expect(await readPublishedRows(project, "select key, n from keys order by key")).toEqual([
        "de 7",
        "fr 7",
        "it 7",
      ])
      await project.declare(declareKeys(""))
      const refused = await runFreshet(project, "plan")
      expect(refused.code).toBe(2)
      expect(refused.stderr).toContain(
        "`keys` is partitioned by key, and keys have no order: its table cannot keep the latest.",
      )
    },
    "create table keys (key text primary key, n bigint not null)",
  )
})
