import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"

import { test } from "vitest"

import { withDeclaredProject } from "../declared-project.ts"
import { withLedgerClient } from "../ledger-contents.ts"
import { run } from "../pairs.ts"
import { shopDays } from "../shop.ts"
import { expectDocument } from "./expect-document.ts"

/** Declares the orders of a shop, their counts, and published prices. */
function declarePrices(price: string): string {
  return `
    import { daily, int64, publishTo, sourceAsset, sql, sqlAsset, text, unique } from "@freshet/core"
    import { bigint, pgSchema, text as textColumn } from "drizzle-orm/pg-core"
    const common = { group: "shop", partitions: daily({ start: "2026-01-01" }) }
    const orders = sourceAsset({
      ...common, name: "orders", description: "What was ordered on one day.",
      columns: { item: text() }, format: { kind: "json_lines" }, path: "orders/{partition}.json",
    })
    const items = sqlAsset({
      ...common, name: "items", description: "Items ordered on the day.",
      columns: { item: text(), orders: int64() },
      query: sql\`select item, count(*) as orders from \${orders} group by item\`,
    })
    const prices = sqlAsset({
      ...common, name: "prices", description: "Prices, which depend on the orders.",
      columns: { item: text(), price: int64() },
      query: sql\`select item, ${price} as price from \${items}\`,
      checks: [unique("item")],
      publish: publishTo(pgSchema("shop").table("prices", {
        item: textColumn().primaryKey(), price: bigint({ mode: "bigint" }).notNull(),
      }), { set: "prices" }),
    })
    export const assets = [orders, items, prices]`
}

/** Writes a program into a folder of programs. */
function writeProgram(folder: string, name: string, line: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${line}\n`)
  chmodSync(join(folder, name), 0o755)
}

test("the commands of the page on environments print what it shows", () =>
  withDeclaredProject(declarePrices("10 + orders"), async (project) => {
    for (const [at, day] of shopDays.entries())
      project.land(
        `orders/${day}.json`,
        ["tea", "tea", "cake", "soup"]
          .slice(0, at + 1)
          .map((item) => JSON.stringify({ item }))
          .join("\n"),
      )
    await withLedgerClient(project, (client) =>
      client.query(
        "create schema shop; create table shop.prices (item text primary key, price bigint not null)",
      ),
    )
    await run(project, "materialize", "prices", "--from", shopDays[0], "--to", shopDays[3])
    const { program = "", folder } = project
    const mainProgram = join(folder, "main.mjs")
    copyFileSync(program, mainProgram)
    await project.declare(declarePrices("case when item = 'tea' then 9 else 10 + orders end"))
    const bin = join(folder, "bin")
    mkdirSync(bin)
    writeProgram(bin, "git", `cp "${program}" "${mainProgram}"`)
    writeProgram(bin, "freshet", `exec "${process.execPath}" "${mainProgram}" "$@"`)
    const environment = { ...project.environment, PATH: `${bin}:${process.env["PATH"] ?? ""}` }
    await expectDocument("docs/environments.md", { folder, environment })
  }))
