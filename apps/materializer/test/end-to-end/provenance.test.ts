import type { ProvenanceDocument } from "@freshet/services"
import { provenanceSchema } from "@freshet/services/documents"
import { expect, test } from "vitest"

import { parseDocument } from "../fixtures/parse-document.ts"
import type { DeclaredProject } from "./declared-project.ts"
import { expectDone, runFreshet } from "./freshet-process.ts"
import { allShopDays, declareShop, withShop } from "./shop.ts"

/** Assets whose lines are not found by grouping alone. */
const moreAssets = {
  code: `
    const names = sqlAsset({
      ...common, name: "names", description: "Each item once.",
      columns: { item: text("What.") },
      query: sql\`select distinct item from \${orders}\`,
    })
    const favourite = sqlAsset({
      ...common, name: "favourite", description: "The most ordered item.",
      columns: { item: text("What."), orders: int64("How often.") },
      query: sql\`select item, orders from \${items} order by orders desc, item limit 1\`,
    })
    const absent = sqlAsset({
      ...common, name: "absent", description: "Items of the three days that are not ordered on the day.",
      columns: { item: text("What.") },
      query: sql\`select item from \${best} as best where not exists
        (select 1 from \${items} as today where today.item = best.item)\`,
    })
    const shouted = codeAsset({
      ...common, name: "shouted", version: "1", description: "Items in capitals.",
      columns: { item: text("What.") },
      upstream: { items },
      async *compute({ items }) {
        for await (const { item } of items) yield { item: item.toUpperCase() }
      },
    })
    const loud = sqlAsset({
      ...common, name: "loud", description: "Items in capitals, with a sign.",
      columns: { item: text("What.") },
      query: sql\`select item || '!' as item from \${shouted}\`,
    })`,
  names: "names, favourite, absent, shouted, loud",
}

function landItems(project: DeclaredProject, day: string, items: readonly string[]): void {
  const lines = items.map((item, id) => JSON.stringify({ id, item }))
  project.land(`orders/${day}.json`, `${lines.join("\n")}\n`)
}

/** Runs `work` with a shop in which tea is ordered twice a day, cake on two days and soup on the last. */
function withOrders(work: (project: DeclaredProject) => Promise<void>): Promise<void> {
  return withShop(async (project) => {
    landItems(project, "2026-01-01", ["tea", "tea", "bread"])
    landItems(project, "2026-01-02", ["cake", "tea", "tea"])
    landItems(project, "2026-01-03", ["tea", "cake", "tea"])
    project.land(
      "orders/2026-01-04.json",
      '\n{"id":1,"item":"soup"}\n\n{"id":2,"item":"tea"}\n{"id":3,"item":"tea"}\n',
    )
    await work(project)
  }, declareShop({ moreAssets }))
}

async function trace(
  project: DeclaredProject,
  ...words: readonly string[]
): Promise<ProvenanceDocument> {
  const result = await runFreshet(project, "provenance", ...words, "--json")
  expectDone(result)
  return parseDocument(provenanceSchema, result.stdout)
}

function listLines({ lines }: ProvenanceDocument): readonly string[] {
  return lines.map(({ file, line, decisive }) => `${file}:${line}${decisive ? " alone" : ""}`)
}

async function materializeOrders(project: DeclaredProject): Promise<void> {
  const names = ["absent", "loud", "names", "favourite"]
  for (const name of names) expectDone(await runFreshet(project, "backfill", name, ...allShopDays))
}

test("the lines of a row are found in the files of its window, each changes it alone", () =>
  withOrders(async (project) => {
    await materializeOrders(project)
    const document = await trace(project, "best", "item=cake")
    expect(document.row).toEqual({ item: "cake", orders: "2" })
    expect(listLines(document)).toEqual([
      "orders/2026-01-02.json:1 alone",
      "orders/2026-01-03.json:2 alone",
    ])
    expect(document.lines[0]?.text).toBe('{"id":0,"item":"cake"}')
    expect(document.without_lines).toBe("removed")
    expect(document.steps.map(({ asset, partition, rows }) => [asset, partition, rows])).toEqual([
      ["items", "2026-01-03", [{ item: "cake", orders: "1" }]],
      ["items", "2026-01-02", [{ item: "cake", orders: "1" }]],
    ])
    expect(document.stops).toEqual([])
  }))

test("lines that change a row only together are found", () =>
  withOrders(async (project) => {
    await materializeOrders(project)
    const repeated = await trace(project, "names", "item=tea")
    expect(listLines(repeated)).toEqual(["orders/2026-01-04.json:4", "orders/2026-01-04.json:5"])
    expect(repeated.without_lines).toBe("removed")
    const absent = await trace(project, "absent", "item=cake")
    expect(listLines(absent)).toEqual(["orders/2026-01-02.json:1", "orders/2026-01-03.json:2"])
    expect(absent.without_lines).toBe("removed")
  }))

test("lines that only change the rank of a row made it as well", () =>
  withOrders(async (project) => {
    await materializeOrders(project)
    const document = await trace(project, "favourite", "item=tea")
    expect(document.row).toEqual({ item: "tea", orders: "2" })
    expect(listLines(document)).toEqual([
      "orders/2026-01-04.json:4 alone",
      "orders/2026-01-04.json:5 alone",
    ])
  }))

test("the rows of code are shown, and the lines behind them are not known", () =>
  withOrders(async (project) => {
    await materializeOrders(project)
    const document = await trace(project, "loud", "item=TEA!")
    expect(document.steps.map(({ asset, rows }) => [asset, rows])).toEqual([
      ["shouted", [{ item: "TEA" }]],
    ])
    expect(document.lines).toEqual([])
    expect(document.stops).toEqual([{ asset: "shouted", partition: "2026-01-04", reason: "code" }])
    const { stdout } = await runFreshet(project, "provenance", "loud", "item=TEA!")
    expect(stdout).toContain("shouted 2026-01-04: its rows are computed by TypeScript")
  }))

test("the tree and the lines are printed", () =>
  withOrders(async (project) => {
    await materializeOrders(project)
    const { stdout } = await runFreshet(project, "provenance", "best", "item=soup")
    expect(stdout).toBe(
      [
        "best 2026-01-04  item soup, orders 1",
        "`- items 2026-01-04 (1 row)",
        "      item soup, orders 1",
        "",
        "orders/2026-01-04.json",
        "   line  text",
        '*     2  {"id":1,"item":"soup"}',
        "",
        "Without the line the row is gone. A line with * changes the row alone. 1 line tested.",
        "",
      ].join("\n"),
    )
  }))

test.each([
  [["items"], "does not name a row"],
  [["items", "itm=tea"], "has no column `itm`"],
  [["items", "item=beer"], "has no row with item = beer"],
  [["orders", "item=tea"], "is a source"],
  [["drinks", "item=tea"], "drinks"],
])("%j is wrong usage", (words, message) =>
  withOrders(async (project) => {
    await materializeOrders(project)
    const { code, stderr } = await runFreshet(project, "provenance", ...words)
    expect(code).toBe(2)
    expect(stderr).toContain(message)
  }),
)
