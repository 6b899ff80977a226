import type { PlanDocument, QueryResultDocument, StatusDocument } from "@freshet/services"
import { expect, test } from "vitest"

import { withDeclaredProject } from "./declared-project.ts"
import { expectDone, readFreshetJson, runFreshet } from "./freshet-process.ts"
import {
  declareRecs,
  landRaw,
  readPublishedRows,
  recsPrelude,
  withPublishedRecs,
} from "./published-recs.ts"
import { allShopDays, declareShop, withShop } from "./shop.ts"

test.each(["and", "or", "not"])(
  "case 15: an asset named `%s` is refused at its declaration",
  async (name) => {
    const declarations = declareShop().replace('name: "items"', `name: "${name}"`)
    await withDeclaredProject(declarations, async (project) => {
      const { code, stderr } = await runFreshet(project, "status")
      expect(code).toBe(2)
      expect(stderr).toContain(`\`${name}\` is a word of the selection grammar`)
    })
  },
)

const noAssets = `${recsPrelude}
  export const assets = [raw]`

test("case 13: a removed asset is listed as orphaned until its records are wiped and its table is dropped", async () => {
  await withPublishedRecs(declareRecs({ name: "old_recs" }), async (project) => {
    for (const day of [1, 2, 3]) landRaw(project, `2026-01-0${day}`, day)
    expectDone(
      await runFreshet(project, "materialize", "--from", "2026-01-01", "--to", "2026-01-03"),
    )
    await project.declare(noAssets)

    const line = /old_recs: table recs \(1 row\), 3 files, \d/
    expect((await runFreshet(project, "status")).stdout).toMatch(line)
    expect(await readFreshetJson<StatusDocument>(project, "status")).toMatchObject({
      orphaned: [{ asset: "old_recs", table: "recs", rows: 1, materializations: 3, files: 3 }],
    })
    expect((await runFreshet(project, "doctor")).stdout).toContain(
      "old_recs is not declared: table recs, 3 files",
    )

    const partial = await runFreshet(project, "wipe", "old_recs", "--date", "2026-01-01", "--yes")
    expect(partial.code).toBe(2)
    expect(partial.stderr).toContain("`freshet wipe old_recs --all` wipes all of them.")
    const wiped = await runFreshet(project, "wipe", "old_recs", "--all", "--yes")
    expectDone(wiped)
    expect(wiped.stdout).toContain("old_recs (3 partitions) wiped: 3 materializations, 3 files")
    expect((await runFreshet(project, "status")).stdout).toContain("old_recs: table recs (1 row)\n")

    expectDone(await runFreshet(project, "gc", "--grace", "0", "--yes"))
    expect(await readPublishedRows(project)).toEqual(["1 3 1"])
    const unconfirmed = await runFreshet(project, "gc", "--unpublish")
    expect(unconfirmed.code).toBe(2)
    expect(await readPublishedRows(project)).toEqual(["1 3 1"])
    const dropped = await runFreshet(project, "gc", "--unpublish", "--yes")
    expectDone(dropped)
    expect(dropped.stdout).toContain("Table recs of old_recs dropped: 1 row.")
    await expect(readPublishedRows(project)).rejects.toThrow("does not exist")
    const status = await readFreshetJson<StatusDocument>(project, "status")
    expect(status).toMatchObject({ orphaned: [] })
  })
})

test("case 13: a renamed asset leaves no orphan where its table stays published", async () => {
  await withPublishedRecs(declareRecs(), async (project) => {
    landRaw(project, "2026-01-01", 1)
    expectDone(await runFreshet(project, "materialize"))
    await project.declare(declareRecs({ name: "new_recs" }))
    expect(await readFreshetJson<StatusDocument>(project, "status")).toMatchObject({
      orphaned: [{ asset: "recs", table: null, files: 1 }],
    })
    expectDone(await runFreshet(project, "materialize"))
    expectDone(await runFreshet(project, "gc", "--unpublish", "--yes"))
    expect(await readPublishedRows(project)).toEqual(["1 1 1"])
    expectDone(await runFreshet(project, "wipe", "recs", "--all", "--yes"))
    expect(await readFreshetJson<StatusDocument>(project, "status")).toMatchObject({
      orphaned: [],
    })
  })
})

/** Declares assets over the orders of the shop: name, counted expression, previous names. */
function declareCounts(
  ...counts: readonly (readonly [name: string, expression: string, previous?: string])[]
): string {
  const codes = counts.map(
    ([name, expression, previous]) => `sqlAsset({
      ...common, name: "${name}", description: "A count.", columns: { n: int64("How many.") },
      previousNames: ${JSON.stringify(previous === undefined ? [] : [previous])},
      query: sql\`select ${expression} as n from \${orders}\`,
    })`,
  )
  const [first = ""] = codes
  return declareShop({
    moreAssets: {
      names: "first, reader, ...others",
      code: `
        const first = ${first}
        const others = [${codes.slice(1).join(", ")}]
        const reader = sqlAsset({
          ...common, name: "reader", description: "Reads the first count.",
          columns: { n: int64("How many.") }, query: sql\`select n from \${first}\`,
        })`,
    },
  })
}

const newestCounts = `select (select n from "lines@2026-01-04") as lines, (select n from "things@2026-01-04") as things`

test("case 14: two assets swap their names, and their histories follow", async () => {
  const lines = "count(*)"
  const things = "count(distinct item)"
  await withShop(
    async (project) => {
      expectDone(await runFreshet(project, "materialize", ...allShopDays))
      const before = await readFreshetJson<QueryResultDocument>(project, "sql", newestCounts)
      await project.declare(declareCounts(["things", lines, "lines"], ["lines", things, "things"]))
      const plan = await runFreshet(project, "plan", ...allShopDays)
      expect(plan.stdout).toContain("Nothing is stale")
      const [row] = (await readFreshetJson<QueryResultDocument>(project, "sql", newestCounts)).rows
      expect(row).toEqual({ lines: before.rows[0]?.["things"], things: before.rows[0]?.["lines"] })
      expect((await runFreshet(project, "materialize", ...allShopDays)).stdout).toContain(
        "Nothing is stale",
      )
      expectDone(await runFreshet(project, "verify", "--sample", "100%"))

      await project.declare(declareCounts(["lines", lines], ["things", things]))
      expectDone(await runFreshet(project, "materialize", ...allShopDays))
      const restored = await readFreshetJson<QueryResultDocument>(project, "sql", newestCounts)
      expect(restored.rows).toEqual(before.rows)
    },
    declareCounts(["lines", lines], ["things", things]),
  )
})

test("case 14: a new asset reuses a name, and the history stays with the asset that had it", async () => {
  await withShop(
    async (project) => {
      expectDone(await runFreshet(project, "materialize", ...allShopDays))
      const before = await readFreshetJson<QueryResultDocument>(
        project,
        "sql",
        `from "lines@2026-01-04"`,
      )
      await project.declare(
        declareCounts(["things", "count(*)", "lines"], ["lines", "count(distinct item)"]),
      )
      const plan = await readFreshetJson<PlanDocument>(project, "plan", ...allShopDays)
      expect(plan.steps).toMatchObject([{ computation: "lines", count: 4 }])
      expectDone(await runFreshet(project, "materialize", ...allShopDays))
      const rows = await readFreshetJson<QueryResultDocument>(project, "sql", newestCounts)
      expect(rows.rows).toEqual([{ lines: 6, things: before.rows[0]?.["n"] }])
      expect((await runFreshet(project, "plan", ...allShopDays)).stdout).toContain(
        "Nothing is stale",
      )
      expectDone(await runFreshet(project, "gc", "--grace", "0", "--yes"))
      expectDone(await runFreshet(project, "verify", "--sample", "100%"))
    },
    declareCounts(["lines", "count(*)"]),
  )
})

/** Declares an asset by region and a daily one, and a sum over all regions. */
function declareRegions(
  regions: readonly [name: string, ...previousNames: readonly string[]],
  days: readonly [name: string, ...previousNames: readonly string[]],
): string {
  const formatNames = ([name, ...previousNames]: readonly string[]) =>
    JSON.stringify({ name, previousNames }).slice(1, -1)
  return declareShop({
    moreAssets: {
      names: "regions, days, report",
      code: `
        import { all, staticKeys, unpartitioned } from "@freshet/core"
        const counted = { group: "shop", description: "Counts.", columns: { n: int64("How many.") } }
        const regions = sqlAsset({
          ...counted, ${formatNames(regions)}, partitions: staticKeys(["de", "fr", "it"]),
          query: sql\`select 7::bigint as n\`,
        })
        const days = sqlAsset({
          ...counted, ${formatNames(days)}, partitions, query: sql\`select count(*) as n from \${orders}\`,
        })
        const report = sqlAsset({
          ...counted, name: "report", partitions: unpartitioned,
          query: sql\`select sum(n)::bigint as n from \${all(regions)}\`,
        })`,
    },
  })
}

test("case 14: an asset with keys and a daily one swap their names, and the recorded reads still name the keys", async () => {
  await withShop(
    async (project) => {
      expectDone(await runFreshet(project, "materialize", ...allShopDays))
      expectDone(await runFreshet(project, "materialize"))
      await project.declare(declareRegions(["days", "regions"], ["regions", "days"]))
      expect((await runFreshet(project, "materialize")).stdout).toContain("Nothing is stale")
      const verified = await runFreshet(project, "verify", "report")
      expectDone(verified)
      expect(verified.stdout).toContain("1 of 1 partition of 1 asset recomputed")
    },
    declareRegions(["regions"], ["days"]),
  )
})
