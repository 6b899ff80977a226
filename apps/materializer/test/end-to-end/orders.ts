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
    const parity = sqlAsset({
      ...common, name: "parity", description: "1 if the sum of the order numbers of an item is odd.",
      columns: { item: text("What."), parity: int64("0 or 1.") },
      query: sql\`select item, sum(id)::bigint % 2 as parity from \${orders} group by item\`,
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
  names: "names, favourite, parity, absent, shouted, loud",
}

/** Lands the orders of a day, one line for each item. */
export function landItems(project: DeclaredProject, day: string, items: readonly string[]): void {
  const lines = items.map((item, id) => JSON.stringify({ id, item }))
  project.land(`orders/${day}.json`, `${lines.join("\n")}\n`)
}

/** Runs `work` with a shop in which tea is ordered twice a day, cake on two days and soup on the last. */
export function withOrders(work: (project: DeclaredProject) => Promise<void>): Promise<void> {
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

/** Materializes all days of all assets. */
export async function materializeOrders(project: DeclaredProject): Promise<void> {
  const names = ["absent", "loud", "names", "favourite", "parity"]
  for (const name of names) expectDone(await runFreshet(project, "backfill", name, ...allShopDays))
}
