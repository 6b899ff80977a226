import { readdirSync } from "node:fs"
import { join } from "node:path"

import { type DeclaredProject, withDeclaredProject } from "./declared-project.ts"
import { expectDone, runFreshet } from "./freshet-process.ts"

/** The days of the orders. */
export const shopDays = ["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"] as const

/** The arguments that name all of them. */
export const allShopDays = ["--from", shopDays[0], "--to", shopDays[3]] as const

/** Differences from the plain declarations of the shop. */
export interface ShopEdits {
  /** Leaves out items with fewer orders. */
  readonly minOrders?: number
  readonly retention?: string
  readonly whenRemoved?: "keep" | "retract"
  /** Adds an error check of `items`: at most so many orders of an item. */
  readonly maxOrders?: number
  /** Further assets, which may read `orders` and `items`, and their names. */
  readonly moreAssets?: { readonly code: string; readonly names: string }
}

/** Declares a source and two assets, one of which reads three days of the other. */
export function declareShop({
  minOrders = 1,
  retention = "",
  whenRemoved = "keep",
  maxOrders,
  moreAssets,
}: ShopEdits = {}): string {
  const rows = `sql\`select * from \${itself} where orders > ${maxOrders}\``
  const checks = `checks: [noRows("seldom", { description: "seldom", query: ${rows} })],`
  return `
    import {
      codeAsset, daily, float64, int64, itself, keepFor, last, noRows, sourceAsset, sql, sqlAsset, text,
    } from "@freshet/core"
    const partitions = daily({ start: "2026-01-01" })
    const common = { group: "shop", partitions, ${retention} }
    const orders = sourceAsset({
      group: "shop",
      partitions,
      name: "orders",
      description: "What was ordered on one day.",
      columns: { id: int64("The order."), item: text("What.") },
      format: { kind: "json_lines" },
      path: "orders/{partition}.json",
      whenRemoved: "${whenRemoved}",
    })
    const items = sqlAsset({
      ...common,
      name: "items",
      description: "Items ordered on the day.",
      columns: { item: text("What."), orders: int64("How often.") },
      query: sql\`select item, count(*) as orders from \${orders} group by item
        having count(*) >= ${minOrders}\`,
      ${maxOrders === undefined ? "" : checks}
    })
    const best = sqlAsset({
      ...common,
      name: "best",
      description: "Items by how often they were ordered in three days.",
      columns: { item: text("What."), orders: int64("How often.") },
      query: sql\`select item, sum(orders)::bigint as orders from \${last(3, items)} group by item\`,
    })
    ${moreAssets?.code ?? ""}
    export const assets = [orders, items, best, ${moreAssets?.names ?? ""}]`
}

/** Lands the orders of a day: `i` orders of item `i`. */
export function landOrders(project: Pick<DeclaredProject, "land">, day: string, items = 5): void {
  const lines = Array.from({ length: items }, (_, at) => at + 1).flatMap((item) =>
    Array.from({ length: item }, (_, time) =>
      JSON.stringify({ id: item * 100 + time, item: `item ${item}` }),
    ),
  )
  project.land(`orders/${day}.json`, `${lines.join("\n")}\n`)
}

/** Runs `work` with the shop, whose orders have landed. */
export function withShop(
  work: (project: DeclaredProject) => Promise<void>,
  declarations = declareShop(),
): Promise<void> {
  return withDeclaredProject(declarations, async (project) => {
    landShop(project)
    await work(project)
  })
}

/** Runs `work` with the shop, all of whose partitions are materialized. */
export function withMaterializedShop(
  work: (project: DeclaredProject) => Promise<void>,
  declarations = declareShop(),
): Promise<void> {
  return withShop(async (project) => {
    expectDone(await runFreshet(project, "backfill", "best", ...allShopDays))
    await work(project)
  }, declarations)
}

function landShop(project: Pick<DeclaredProject, "land">): void {
  for (const [at, day] of shopDays.entries()) landOrders(project, day, 3 + at)
}

/** The one file of a partition, as a path. */
export function findPartitionFile({ lake }: DeclaredProject, asset: string, day: string): string {
  const folder = join(lake, asset, day)
  const [name = "", ...otherNames] = readdirSync(folder)
  if (otherNames.length > 0) throw new Error(`${folder} holds ${otherNames.length + 1} files`)
  return join(folder, name)
}

/** Code of `fetched` that waits for the landed file `.go`, or for the end of its run. */
export const waitForFile = `
  console.log("asks for the file")
  const { existsSync } = await import("node:fs")
  while (!existsSync(process.env.FRESHET_LANDING + "/.go") && !signal.aborted)
    await new Promise((resolve) => setTimeout(resolve, 50))`

/** Code of `fetched` that waits for the landed file `.go` or `.go-` with its partition, or for the end of its run. */
export const waitForPartitionFile = `
  const { existsSync } = await import("node:fs")
  const names = [".go", ".go-" + partition].map((name) => process.env.FRESHET_LANDING + "/" + name)
  while (!names.some(existsSync) && !signal.aborted)
    await new Promise((resolve) => setTimeout(resolve, 50))`

/** Declares the shop with the code asset `fetched`: its further options, and the body of its code, which has `attempt` (from 1), `partition` and `signal`. */
export function declareFetched(options: string, body: string): string {
  const code = `
    let attempts = 0
    const fetched = codeAsset({
      ...common,
      name: "fetched",
      description: "Rows that code fetches.",
      version: "1",
      columns: { n: int64("The number of the attempt.") },
      upstream: { items },
      async *compute(_upstream, { partition, signal }) {
        const attempt = (attempts += 1)
        ${body}
        yield { n: BigInt(attempt) }
      },
      ${options}
    })`
  return declareShop({ moreAssets: { code, names: "fetched" } })
}
