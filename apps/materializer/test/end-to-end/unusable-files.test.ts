import { execFileSync } from "node:child_process"
import { renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { gzipSync } from "node:zlib"

import { expect, test } from "vitest"

import type { DeclaredProject } from "./declared-project.ts"
import { expectDone, runFreshet } from "./freshet-process.ts"
import { allShopDays, declareShop, landOrders, withMaterializedShop } from "./shop.ts"

/** The shop, and an asset over a source of its own. */
const shop = {
  moreAssets: {
    names: "visits, visitors",
    code: `
      const visits = sourceAsset({
        group: "shop",
        partitions,
        name: "visits",
        description: "Who came.",
        columns: { id: int64("Who.") },
        format: { kind: "json_lines" },
        path: "visits/{partition}.json",
      })
      const visitors = sqlAsset({
        ...common,
        name: "visitors",
        description: "How many came.",
        columns: { visitors: int64("How many.") },
        query: sql\`select count(*) as visitors from \${visits}\`,
      })`,
  },
}
const declarations = declareShop(shop)

const day = "2026-01-03"
const orders = `orders/${day}.json`

/** Ways to make the orders of a day unusable, and the reason that is printed. */
const faults: readonly {
  readonly what: string
  readonly spoil: (project: DeclaredProject) => void
  readonly reason: string
}[] = [
  {
    what: "is there plain and compressed",
    spoil: ({ landing }) => writeFileSync(join(landing, `${orders}.gz`), gzipSync("{}\n")),
    reason: `${day}.json, ${day}.json.gz in orders are the same partition`,
  },
  {
    what: "is a link that leads nowhere",
    spoil: ({ landing }) => {
      rmSync(join(landing, orders))
      symlinkSync(join(landing, "nowhere"), join(landing, orders))
    },
    reason: `${orders} is a link that leads nowhere`,
  },
  {
    what: "is a link that leads to itself",
    spoil: ({ landing }) => {
      rmSync(join(landing, orders))
      symlinkSync(join(landing, orders), join(landing, orders))
    },
    reason: `${orders} is a link that leads back to itself`,
  },
  {
    what: "is a pipe",
    spoil: ({ landing }) => {
      rmSync(join(landing, orders))
      execFileSync("mkfifo", [join(landing, orders)])
    },
    reason: `${orders} is neither a file nor a folder`,
  },
]

test.each(faults)(
  "a landed file that $what blocks what reads it, and nothing else",
  async ({ spoil, reason }) => {
    await withMaterializedShop(async (project) => {
      spoil(project)
      landOrders(project, "2026-01-05")
      project.land(`visits/${day}.json`, '{"id":1}\n{"id":2}\n')

      const plan = await runFreshet(project, "plan", ...allShopDays)
      expectDone(plan)
      const blocker = `the unusable file of orders for ${day} (${reason})`
      expect(plan.stdout).toContain(blocker)
      expect(plan.stderr).toContain(reason)

      const run = await runFreshet(project, "materialize", "items", "visitors", ...allShopDays)
      expect(run.stderr).toContain(reason)
      const counts = `select (select visitors from "visitors@${day}") as visitors,
        (select count(*) from "items@all") as items, (select count(*) from "items@${day}") as before`
      const rows = await runFreshet(project, "sql", counts, "--json")
      expectDone(rows)
      expect(JSON.parse(rows.stdout)).toMatchObject({
        rows: [{ visitors: 2, items: 3 + 4 + 5 + 6, before: 5 }],
      })
      const why = await runFreshet(project, "why", "items", "--partition", day)
      expect(why.stdout).toContain(blocker)

      const landed = await runFreshet(project, "sql", `from "orders@${day}"`)
      expect(landed.code).toBe(3)
      expect(landed.stderr).toContain(reason)
    }, declarations)
  },
)

test("case 20: a folder of landed files that is moved away has one answer in all commands", async () => {
  await withMaterializedShop(
    async (project) => {
      project.land(`visits/${day}.json`, '{"id":1}\n')
      renameSync(join(project.landing, "orders"), join(project.folder, "moved"))
      const answer = "waits for orders/{partition}.json (orders)"
      for (const words of [["status"], ["plan"], ["plan", "best"], ["why", "items"]]) {
        const ended = await runFreshet(project, ...words)
        expectDone(ended)
        expect({ words, text: ended.stdout }).toMatchObject({
          text: expect.stringContaining(answer),
        })
      }
      const run = await runFreshet(project, "materialize", "items")
      expect(run.code).toBe(11)
      expect(run.stdout).toContain(answer)
      expectDone(await runFreshet(project, "materialize", "visitors"))

      renameSync(join(project.folder, "moved"), join(project.landing, "orders"))
      expect((await runFreshet(project, "plan", "best")).stdout).toContain("Nothing is stale")
    },
    declareShop({ ...shop, whenRemoved: "retract" }),
  )
})

test("case 20: rows of a source that keeps them stand when its folder is moved away, and all commands say so", async () => {
  await withMaterializedShop(async (project) => {
    renameSync(join(project.landing, "orders"), join(project.folder, "moved"))
    const answer =
      "4 files of orders are no longer landed (2026-01-01 to 2026-01-04). The rows of items that were computed from them stand and cannot be recomputed."
    for (const words of [
      ["status"],
      ["plan"],
      ["materialize"],
      ["backfill", "items", ...allShopDays],
    ]) {
      const ended = await runFreshet(project, ...words)
      expectDone(ended)
      expect({ words, text: ended.stderr }).toMatchObject({ text: expect.stringContaining(answer) })
    }
    expect((await runFreshet(project, "why", "items")).stdout).toContain(
      "orders/2026-01-04.json is no longer landed: the rows cannot be recomputed.",
    )
    const rows = await runFreshet(project, "sql", `select count(*) as n from "items@all"`, "--json")
    expect(JSON.parse(rows.stdout)).toMatchObject({ rows: [{ n: 18 }] })
  }, declarations)
})

test("a folder of landed files that becomes something else blocks the days that it had", async () => {
  await withMaterializedShop(async (project) => {
    await delay(3_500) // younger files are not remembered
    expectDone(await runFreshet(project, "status"))
    renameSync(join(project.landing, "orders"), join(project.folder, "moved"))
    writeFileSync(join(project.landing, "orders"), "")
    project.land(`visits/${day}.json`, '{"id":1}\n')
    const status = await runFreshet(project, "status")
    expect(status.stderr).toContain("orders, which is not a folder")
    const run = await runFreshet(project, "materialize", "visitors", "--from", day, "--to", day)
    expectDone(run)
    const rows = await runFreshet(project, "sql", `select count(*) as n from "items@all"`, "--json")
    expect(JSON.parse(rows.stdout)).toMatchObject({ rows: [{ n: 18 }] })
  }, declarations)
})
