import { assetDetailSchema, explanationSchema, statusSchema } from "@freshet/services/documents"
import { expect, test } from "vitest"

import { parseDocument } from "../fixtures/parse-document.ts"
import type { DeclaredProject } from "./declared-project.ts"
import { expectDone, runFreshet } from "./freshet-process.ts"
import { setFirstRuns, withLedgerClient } from "./ledger-contents.ts"
import {
  allShopDays,
  declareShop,
  landOrders,
  type ShopEdits,
  shopDays,
  withMaterializedShop,
  withShop,
} from "./shop.ts"

const [first, , , last] = shopDays

/** Declares the shop with a deadline, and a last day of its partitions. */
function declareDeadline(edits: ShopEdits = {}, time = "07:00", zone = "UTC"): string {
  const declarations = declareShop({
    ...edits,
    retention: `freshness: dueBy("${time}", "${zone}")`,
  })
  return `import { dueBy } from "@freshet/core"\n${declarations}`
}

function endOn(day: string, declarations: string): string {
  return declarations.replace(
    'daily({ start: "2026-01-01" })',
    `daily({ start: "2026-01-01", end: "${day}" })`,
  )
}

async function readStatus(project: DeclaredProject) {
  const { stdout } = await runFreshet(project, "status", "--json")
  return parseDocument(statusSchema, stdout)
}

test("an asset whose file has not landed is overdue, and every document names the file", () =>
  withMaterializedShop(async (project) => {
    await setFirstRuns(project, first)
    const overdue = {
      partition: "2026-01-05",
      due_at: "2026-01-06T07:00:00.000Z",
      reason: "orders/2026-01-05.json (orders) has not landed",
    }
    const { assets, summary } = await readStatus(project)
    expect(summary).toMatchObject({ overdue: 2, due_soon: 0 })
    expect(assets).toContainEqual(
      expect.objectContaining({ name: "best", deadline: "overdue", overdue }),
    )
    expect(assets).toContainEqual(
      expect.objectContaining({ name: "orders", deadline: null, overdue: null }),
    )
    const sentence =
      "overdue since 2026-01-06T07:00:00Z: orders/2026-01-05.json (orders) has not landed."
    const status = await runFreshet(project, "status")
    expect(status.stdout).toContain(`items 2026-01-05, best 2026-01-05 ${sentence}`)
    const why = await runFreshet(project, "why", "best")
    expect(why.stdout).toContain(`best 2026-01-05 ${sentence}`)
    const explanation = await runFreshet(project, "why", "best", "--json")
    expect(parseDocument(explanationSchema, explanation.stdout).overdue).toEqual(overdue)
    const detail = await runFreshet(project, "show", "best", "--json")
    expect(parseDocument(assetDetailSchema, detail.stdout).overdue).toEqual(overdue)
  }, declareDeadline()))

test("assets whose newest partition is fresh are on time", () =>
  withMaterializedShop(
    async (project) => {
      const { assets, summary } = await readStatus(project)
      expect(summary).toMatchObject({ overdue: 0 })
      expect(assets.map(({ deadline }) => deadline)).toEqual([null, "on_time", "on_time"])
    },
    endOn(last, declareDeadline()),
  ))

test("a partition that was changed after its deadline is overdue until it is fresh again", () =>
  withMaterializedShop(
    async (project) => {
      await setFirstRuns(project, first)
      landOrders(project, last, 2)
      const { assets } = await readStatus(project)
      expect(assets.find(({ name }) => name === "best")?.overdue).toEqual({
        partition: last,
        due_at: "2026-01-05T07:00:00.000Z",
        reason: `items ${last} is stale: its inputs changed`,
      })
      landOrders(project, first, 9)
      expectDone(await runFreshet(project, "materialize"))
      expect((await readStatus(project)).summary).toMatchObject({ overdue: 0 })
    },
    endOn(last, declareDeadline()),
  ))

test("what was due before the first run of an asset is past data, not overdue", () =>
  withMaterializedShop(async (project) => {
    expect((await readStatus(project)).summary).toMatchObject({ overdue: 0 })
    await setFirstRuns(project, "2026-01-07T07:00:01Z")
    const { assets } = await readStatus(project)
    expect(assets.find(({ name }) => name === "best")?.overdue).toEqual({
      partition: "2026-01-07",
      due_at: "2026-01-08T07:00:00.000Z",
      reason:
        "orders/2026-01-05.json, orders/2026-01-06.json, orders/2026-01-07.json (orders) have not landed",
    })
  }, declareDeadline()))

test("an asset is on time while its newest partition is fresh, although one before is missing", () => {
  const today = new Date()
  const formatDay = (daysAgo: number) =>
    new Date(today.getTime() - daysAgo * 86_400_000).toISOString().slice(0, 10)
  return withShop(
    async (project) => {
      landOrders(project, formatDay(2))
      landOrders(project, formatDay(1))
      expectDone(await runFreshet(project, "materialize", "items"))
      await setFirstRuns(project, first)
      const { assets } = await readStatus(project)
      expect(assets.find(({ name }) => name === "items")?.overdue).toBe(null)
    },
    declareDeadline({}, "23:59"),
  )
})

test("a failed asset upstream is the reason, not the assets between", () =>
  withShop(
    async (project) => {
      const { code } = await runFreshet(project, "backfill", "best", ...allShopDays)
      expect(code).toBe(4)
      await setFirstRuns(project, first)
      const { assets } = await readStatus(project)
      expect(assets.find(({ name }) => name === "best")?.overdue?.reason).toMatch(
        new RegExp(`^items \\S+ failed: .*seldom`),
      )
    },
    endOn(last, declareDeadline({ maxOrders: 2 })),
  ))

/** The zone in which it is about noon, which has the date of UTC. */
function findNoonZone(now: Date): string {
  const offset = 12 - now.getUTCHours()
  return `Etc/GMT${offset > 0 ? "-" : "+"}${Math.abs(offset)}`
}

test("work that is expected to end after the deadline is due soon", () => {
  const now = new Date()
  const formatDay = (daysAgo: number) =>
    new Date(now.getTime() - daysAgo * 86_400_000).toISOString().slice(0, 10)
  return withShop(
    async (project) => {
      landOrders(project, formatDay(2))
      landOrders(project, formatDay(1))
      expectDone(await runFreshet(project, "materialize", "items", "--date", formatDay(2)))
      const readItems = async () =>
        (await readStatus(project)).assets.find(({ name }) => name === "items")
      expect(await readItems()).toMatchObject({ deadline: "on_time", due_soon: null })
      await withLedgerClient(project, (client) =>
        client.query("update freshet.steps set started_at = started_at - interval '13 hours'"),
      )
      expect(await readItems()).toMatchObject({
        deadline: "due_soon",
        due_soon: { partition: formatDay(1) },
      })
      const { stdout } = await runFreshet(project, "status")
      expect(stdout).toMatch(new RegExp(`items ${formatDay(1)} due soon: the deadline is `))
    },
    declareDeadline({}, "23:59", findNoonZone(now)),
  )
})
