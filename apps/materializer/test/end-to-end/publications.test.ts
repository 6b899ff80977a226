import { rmSync } from "node:fs"
import { join } from "node:path"

import type { StatusDocument } from "@freshet/services"
import { publishPreviewSchema } from "@freshet/services/documents"
import { expect, test } from "vitest"

import { parseDocument } from "../fixtures/parse-document.ts"
import { expectDone, readFreshetJson, runFreshet } from "./freshet-process.ts"
import { setFirstRuns, withLedgerClient } from "./ledger-contents.ts"
import {
  createRecs,
  declareRecs,
  landRaw,
  readPublishedRows,
  recsPrelude,
  withPublishedRecs,
} from "./published-recs.ts"
import { withClockAhead } from "./test-project.ts"

test("a published day whose file was withdrawn is replaced by the newest day that exists, and the run says so", async () => {
  await withPublishedRecs(declareRecs(), async (project) => {
    landRaw(project, "2026-01-28", 28)
    expectDone(await runFreshet(project, "materialize"))
    landRaw(project, "2026-03-29", 99)
    await runFreshet(project, "materialize", "recs", "--date", "2026-03-29")
    expect(await readPublishedRows(project)).toEqual(["1 99 1"])
    rmSync(join(project.landing, "raw/2026-03-29.json"))
    landRaw(project, "2026-01-29", 29)
    landRaw(project, "2026-01-30", 30)
    const plan = await runFreshet(project, "plan")
    expect(plan.stdout).toContain(
      "publish s 2026-01-30 (1 table; now 2026-03-29, which no longer exists)",
    )
    const run = await runFreshet(project, "materialize")
    expectDone(run)
    expect(run.stdout).toContain(
      "Published s 2026-01-30. It replaces 2026-03-29, which no longer exists.",
    )
    expect(await readPublishedRows(project)).toEqual(["1 30 1"])
    expect(await readFreshetJson(project, "status")).toMatchObject({
      publications: [{ set: "s", partition: "2026-01-30" }],
    })
    expect((await runFreshet(project, "materialize")).stdout).toBe(
      "Nothing is stale: all requested partitions are fresh.\n",
    )
  })
})

test("a table has the rows of its declared asset, also after another set or asset published it", async () => {
  await withPublishedRecs(declareRecs(), async (project) => {
    landRaw(project, "2026-01-01", 1)
    expectDone(await runFreshet(project, "materialize"))
    await project.declare(declareRecs({ name: "recs_v2", set: "s2", value: "n * 10" }))
    expectDone(await runFreshet(project, "materialize"))
    expect(await readPublishedRows(project)).toEqual(["1 1 10"])
    await project.declare(declareRecs())
    expect((await runFreshet(project, "plan")).stdout).toContain("publish s 2026-01-01")
    expectDone(await runFreshet(project, "materialize"))
    expect(await readPublishedRows(project)).toEqual(["1 1 1"])
    await project.declare(declareRecs({ set: "renamed" }))
    expect((await runFreshet(project, "materialize")).stdout).toBe(
      "Nothing is stale: all requested partitions are fresh.\n",
    )
    expect(await readFreshetJson(project, "status")).toMatchObject({
      publications: [{ set: "renamed", partition: "2026-01-01" }],
    })
  })
})

test("an asset is published to another table that it is declared with", async () => {
  const create = [createRecs, createRecs.replace("recs", "recs_too")].join(";")
  await withPublishedRecs(
    declareRecs(),
    async (project) => {
      landRaw(project, "2026-01-01", 1)
      expectDone(await runFreshet(project, "materialize"))
      await project.declare(declareRecs().replace('pgTable("recs"', 'pgTable("recs_too"'))
      expectDone(await runFreshet(project, "materialize"))
      expect(await readPublishedRows(project, "select u, r, n from recs_too")).toEqual(["1 1 1"])
    },
    create,
  )
})

/** Declares a set of two tables: `recs`, and `late` of another source, which has a deadline if it is declared with one. */
function declarePair(freshness = ""): string {
  return `${recsPrelude}
    import { dueBy } from "@freshet/core"
    const rawToo = sourceAsset({
      ...common, name: "raw_too", description: "Events.", columns: { u: int64(), r: int64() },
      format: { kind: "json_lines" }, path: "raw_too/{partition}.json",
    })
    const other = pgTable("late", { u: whole(), r: whole(), n: whole() },
      (table) => [primaryKey({ columns: [table.u, table.r] })])
    const recs = sqlAsset({
      ...common, columns, name: "recs", description: "Events by pair.", query: count, ${freshness}
      publish: publishTo(recsTable, { set: "s" }),
    })
    const late = sqlAsset({
      ...common, columns, name: "late", description: "Events by pair.",
      query: sql\`select u, r, count(*) as n from \${rawToo} group by u, r\`,
      publish: publishTo(other, { set: "s" }),
    })
    export const assets = [raw, rawToo, recs, late]`
}

test("a set that cannot move names the member and the partition for which it waits", async () => {
  const create = [createRecs, createRecs.replace("recs", "late")].join(";")
  const waits =
    "s 2026-01-02 is not published: it waits for late (its newest partition is 2026-01-01)."
  await withPublishedRecs(
    declarePair(),
    async (project) => {
      landRaw(project, "2026-01-01", 1)
      project.land("raw_too/2026-01-01.json", `{"u":1,"r":1}\n`)
      expectDone(await runFreshet(project, "materialize"))
      landRaw(project, "2026-01-02", 2)
      expect((await runFreshet(project, "plan")).stdout).toContain(waits)
      const run = await runFreshet(project, "materialize")
      expectDone(run)
      expect(run.stdout).toContain(waits)
      expect(await readPublishedRows(project)).toEqual(["1 1 1"])
      for (const words of [["materialize"], ["status"], ["why", "recs"], ["why", "late"]])
        expect((await runFreshet(project, ...words)).stdout).toContain(waits)
      expect(await readFreshetJson(project, "status")).toMatchObject({
        waiting_sets: [
          {
            set: "s",
            partition: "2026-01-02",
            published: "2026-01-01",
            waits_for: [{ asset: "late", reason: "its newest partition is 2026-01-01" }],
            overdue_since: null,
          },
        ],
      })
      await project.declare(declarePair('freshness: dueBy("07:00", "UTC"),'))
      await setFirstRuns(project, "2026-01-01")
      expect((await runFreshet(project, "status")).stdout).toContain(
        `${waits} It is overdue since 2026-01-03T07:00:00Z.`,
      )
      const { assets } = await readFreshetJson<StatusDocument>(project, "status")
      expect(assets.find(({ name }) => name === "recs")?.overdue).toEqual({
        partition: "2026-01-02",
        due_at: "2026-01-03T07:00:00.000Z",
        reason: "raw_too/2026-01-02.json (raw_too) has not landed",
      })
      project.land("raw_too/2026-01-02.json", `{"u":1,"r":1}\n`)
      expectDone(await runFreshet(project, "materialize"))
      expect(await readPublishedRows(project)).toEqual(["1 2 1"])
      expect(await readFreshetJson(project, "status")).toMatchObject({ waiting_sets: [] })
    },
    create,
  )
})

const dayMs = 86_400_000

test("a day that was published while the clock was two days ahead is replaced", async () => {
  const [start = ""] = new Date(Date.now() - 4 * dayMs).toISOString().split("T")
  const declarations = `${recsPrelude}
    const days = sqlAsset({
      group: "days", name: "days", description: "Days.", columns: { u: int64(), r: int64(), n: int64() },
      partitions: daily({ start: "${start}" }),
      query: sql\`select 1::bigint as u, 2::bigint as r, 3::bigint as n\`,
      publish: publishTo(recsTable, { set: "days" }),
    })
    export const assets = [days]`
  await withPublishedRecs(declarations, async (project) => {
    expectDone(await runFreshet(withClockAhead(project, 2 * dayMs), "materialize"))
    const { publications } = await readFreshetJson<PublishedDays>(project, "materialize")
    const [replaced, shown] = [1, -1].map((days) =>
      new Date(Date.now() + days * dayMs).toISOString().slice(0, 10),
    )
    expect(publications).toMatchObject([{ partition: shown, withdrawn: [replaced] }])
    expect((await readFreshetJson<PublishedDays>(project, "materialize")).publications).toEqual([])
  })
})

interface PublishedDays {
  readonly publications: readonly {
    readonly partition: string
    readonly withdrawn: readonly string[]
  }[]
}

test("a published table that is not as declared stops a run before anything is computed, with the SQL that repairs it", async () => {
  await withPublishedRecs(declareRecs(), async (project) => {
    landRaw(project, "2026-01-01", 1)
    await withLedgerClient(project, (client) => client.query("alter table recs drop column n"))
    const { code, stderr } = await runFreshet(project, "materialize")
    expect(code).toBe(3)
    expect(stderr).toContain("The table recs has no column n.")
    const [, repair = ""] = /run as the owner of the tables: (.*)/.exec(stderr) ?? []
    expect(repair).toBe('alter table "recs" add column "n" bigint;')
    const materializations = "select from freshet.materializations"
    expect(
      await withLedgerClient(project, (client) => client.query(materializations)),
    ).toMatchObject({
      rowCount: 0,
    })
    const doctor = await runFreshet(project, "doctor")
    expect(doctor.stdout).toContain("The table recs has no column n.")
    await withLedgerClient(project, (client) => client.query(repair))
    expectDone(await runFreshet(project, "materialize"))
    expect(await readPublishedRows(project)).toEqual(["1 1 1"])
  })
})

test("publish --dry-run counts and shows the rows that a publication would change, and publish writes them", async () => {
  await withPublishedRecs(declareRecs(), async (project) => {
    project.land("raw/2026-01-01.json", [1, 2, 3].map((r) => `{"u":1,"r":${r}}\n`).join(""))
    expectDone(await runFreshet(project, "materialize", "--no-publish"))
    const first = await runFreshet(project, "publish", "--dry-run", "--sample", "2")
    expectDone(first)
    expect(first.stdout).toBe(
      "publish s 2026-01-01\n  recs: 3 inserted, 0 updated, 0 deleted\n    + u 1, r 1, n 1\n    + u 1, r 2, n 1\n",
    )
    expect(await readPublishedRows(project)).toEqual([])
    expectDone(await runFreshet(project, "publish"))
    expect(await readPublishedRows(project)).toEqual(["1 1 1", "1 2 1", "1 3 1"])

    project.land("raw/2026-01-02.json", [2, 3, 3, 4].map((r) => `{"u":1,"r":${r}}\n`).join(""))
    expectDone(await runFreshet(project, "materialize", "--no-publish"))
    const second = await runFreshet(project, "publish", "recs", "--dry-run")
    expect(second.stdout).toBe(
      [
        "publish s 2026-01-02",
        "  recs: 1 inserted, 1 updated, 1 deleted",
        "    - u 1, r 1, n 1",
        "    + u 1, r 4, n 1",
        "    ~ u 1, r 3, n 1 → 2",
        "",
      ].join("\n"),
    )
    expect(second.stderr).toContain("Dry run: nothing was published.")
    const json = await runFreshet(project, "publish", "--dry-run", "--sample", "1", "--json")
    expect(parseDocument(publishPreviewSchema, json.stdout)).toMatchObject({
      publications: [
        {
          set: "s",
          partition: "2026-01-02",
          tables: [
            {
              table: "recs",
              inserted: 1,
              updated: 1,
              deleted: 1,
              sample: [
                { kind: "deleted", key: { u: "1", r: "1" }, from: { n: "1" }, to: null },
                { kind: "inserted", key: { u: "1", r: "4" }, from: null, to: { n: "1" } },
                { kind: "updated", key: { u: "1", r: "3" }, from: { n: "1" }, to: { n: "2" } },
              ],
            },
          ],
        },
      ],
    })
    expect(await readPublishedRows(project)).toEqual(["1 1 1", "1 2 1", "1 3 1"])
    const run = await runFreshet(project, "publish")
    expectDone(run)
    expect(run.stdout).toContain("Published s 2026-01-02.")
    expect(await readPublishedRows(project)).toEqual(["1 2 1", "1 3 2", "1 4 1"])
    expect((await runFreshet(project, "publish", "--dry-run")).stdout).toBe(
      "Nothing to publish: the tables have the stored rows.\n",
    )
    expect((await runFreshet(project, "publish")).stdout).toBe(
      "Nothing to publish: the tables have the stored rows.\n",
    )
  })
})
