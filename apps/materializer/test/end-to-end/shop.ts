import { readdirSync } from "node:fs"
import { join } from "node:path"

import { buildGraph } from "@freshet/core/engine"
import { openRunLedger } from "@freshet/io"

import type { DeclaredProject } from "./declared-project.ts"

/** The days on which something was ordered. */
export const shopDays = ["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"] as const

/** What may be otherwise in the shop's declarations. */
export interface ShopEdits {
  /** Items ordered less often are left out. */
  readonly minOrders?: number
  readonly retention?: string
  /** A check of `items`: a day's items are ordered at most so often. */
  readonly maxOrders?: number
  /** Further assets, which may read `orders` and `items`, and their names. */
  readonly moreAssets?: { readonly code: string; readonly names: string }
}

/** A source and two assets, one reading three days of the other. */
export function declareShop({
  minOrders = 1,
  retention = "",
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

/** Lands the orders of all days: item `i` of a day is ordered `i` times. */
export function landOrders(project: Pick<DeclaredProject, "land">, day: string, items = 5): void {
  const lines = Array.from({ length: items }, (_, at) => at + 1).flatMap((item) =>
    Array.from({ length: item }, (_, time) =>
      JSON.stringify({ id: item * 100 + time, item: `item ${item}` }),
    ),
  )
  project.land(`orders/${day}.json`, `${lines.join("\n")}\n`)
}

export function landShop(project: Pick<DeclaredProject, "land">): void {
  for (const [at, day] of shopDays.entries()) landOrders(project, day, 3 + at)
}

/** The one file of a partition, as a path. */
export function findPartitionFile({ lake }: DeclaredProject, asset: string, day: string): string {
  const folder = join(lake, asset, day)
  const [name = "", ...otherNames] = readdirSync(folder)
  if (otherNames.length > 0) throw new Error(`${folder} holds ${otherNames.length + 1} files`)
  return join(folder, name)
}

/** Holds the right to run, as a run does that takes its time. */
export function withRunUnderWay<T>(
  project: DeclaredProject,
  work: (end: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const built = buildGraph([])
  if (built.kind === "problems") throw new Error("nothing declared is no problem")
  return project.withDatabase(async (url) => {
    const options = { wait: false, onWait: () => {}, pid: process.pid, graph: built.graph }
    const { ledger, close } = await openRunLedger(url, options)
    try {
      const id = "of-a-colleague"
      await ledger.beginRun({ id, command: "freshet materialize", steps: 1, work: {} })
      return await work(close)
    } finally {
      await close()
    }
  })
}
