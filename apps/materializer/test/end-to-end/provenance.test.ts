import type { ProvenanceDocument } from "@freshet/services"
import { provenanceSchema } from "@freshet/services/documents"
import { expect, test } from "vitest"

import { parseDocument } from "../fixtures/parse-document.ts"
import type { DeclaredProject } from "./declared-project.ts"
import { expectDone, runFreshet } from "./freshet-process.ts"
import { landItems, materializeOrders, withOrders } from "./orders.ts"

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

test("lines that change a row one by one and not together are found with further lines", () =>
  withOrders(async (project) => {
    landItems(project, "2026-01-04", ["soup", "tea", "tea", "tea"])
    await materializeOrders(project)
    const document = await trace(project, "parity", "item=tea")
    expect(document.row).toEqual({ item: "tea", parity: "0" })
    expect(listLines(document)).toEqual([
      "orders/2026-01-04.json:2 alone",
      "orders/2026-01-04.json:3",
      "orders/2026-01-04.json:4 alone",
    ])
    expect(document.without_lines).toBe("removed")
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
    expect(stdout).toContain("The landed lines that made the row are not known; 0 lines tested.")
    expect(stdout).toContain("shouted 2026-01-04: its rows are computed by TypeScript")
  }))

test("more lines than are left out one by one are not searched", () =>
  withOrders(async (project) => {
    const items = Array.from({ length: 10_001 }, () => "tea")
    landItems(project, "2026-01-04", [...items, "soup"])
    await materializeOrders(project)
    const document = await trace(project, "items", "item=tea")
    expect(document.lines).toEqual([])
    expect(document.stops).toEqual([
      { asset: "orders", partition: "2026-01-04", reason: "too_many_lines" },
    ])
    expect(listLines(await trace(project, "items", "item=soup"))).toEqual([
      "orders/2026-01-04.json:10002 alone",
    ])
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
