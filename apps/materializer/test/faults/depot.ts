import { type DeclaredProject, withDeclaredProject } from "../end-to-end/declared-project.ts"
import { withLedgerClient } from "../end-to-end/ledger-contents.ts"
import { withEnvironment } from "../end-to-end/test-project.ts"

/**
 * Three assets over one source: SQL with a check, SQL over a window, and code. The last two are published together.
 * `body` is the body of the code before it yields its rows; it has `partition` and `signal`.
 */
function declareDepot({ body = "", automation = "{}" } = {}): string {
  return `
    import {
      codeAsset, daily, int64, itself, last, noRows, publishTo, schedule, sourceAsset, sql, sqlAsset, text,
    } from "@freshet/core"
    import { bigint, pgTable, text as textColumn } from "drizzle-orm/pg-core"
    const partitions = daily({ start: "2026-01-01" })
    const common = { group: "depot", partitions }
    const orders = sourceAsset({
      ...common,
      name: "orders",
      description: "Orders of one day.",
      columns: { id: int64("The order."), item: text("The item.") },
      format: { kind: "json_lines" },
      path: "orders/{partition}.json",
    })
    const empty = sql\`select * from \${itself} where orders < 1\`
    const items = sqlAsset({
      ...common,
      name: "items",
      description: "Items ordered on the day.",
      columns: { item: text("The item."), orders: int64("Its orders.") },
      query: sql\`select item, count(*) as orders from \${orders} group by item\`,
      checks: [noRows("ordered", { description: "Each item has orders.", query: empty })],
    })
    const totals = sqlAsset({
      ...common,
      name: "totals",
      description: "Items of two days.",
      columns: { item: text("The item."), orders: int64("Its orders.") },
      query: sql\`select item, sum(orders)::bigint as orders from \${last(2, items)} group by item\`,
      publish: publishTo(
        pgTable("totals", { item: textColumn().primaryKey(), orders: bigint({ mode: "bigint" }).notNull() }),
        { set: "depot" },
      ),
    })
    const labels = codeAsset({
      ...common,
      name: "labels",
      description: "Labels of the items.",
      version: "1",
      columns: { item: text("The item."), label: text("Its label.") },
      upstream: { items },
      async *compute({ items }, { partition, signal }) {
        ${body}
        for await (const row of items)
          yield { item: row.item, label: row.item + ": " + row.orders }
      },
      publish: publishTo(
        pgTable("labels", { item: textColumn().primaryKey(), label: textColumn().notNull() }),
        { set: "depot" },
      ),
    })
    export const assets = [orders, items, totals, labels]
    export const automation = ${automation}`
}

const createTables = `
  create table totals (item text primary key, orders bigint not null);
  create table labels (item text primary key, label text not null)`

/** The days of the orders; the later one is published. */
const depotDays = ["2026-01-01", "2026-01-02"] as const

/** Runs `work` with a depot, one step at a time. */
export function withDepot<T>(
  work: (project: DeclaredProject) => Promise<T>,
  declarations = declareDepot(),
): Promise<T> {
  return withDeclaredProject(declarations, async (project) => {
    await withLedgerClient(project, (client) => client.query(createTables))
    return work(withEnvironment(project, { FRESHET_CONCURRENCY: "1" }))
  })
}

/** Counts the orders of the items on a day in an edition of its file: no two editions are equal. */
function countOrders(day: number, edition: number): ReadonlyMap<string, number> {
  return new Map([
    ["ink", 1 + ((edition + day) % 11)],
    [`lot ${edition}`, 1],
    ["pen", 1 + ((edition * 2 + day) % 11)],
  ])
}

/** Lands an edition of both days. */
export function landEdition(project: DeclaredProject, edition: number): void {
  for (const [at, day] of depotDays.entries()) {
    const lines = [...countOrders(at, edition)].flatMap(([item, orders]) =>
      Array.from({ length: orders }, (_, id) => JSON.stringify({ id, item })),
    )
    project.land(`orders/${day}.json`, `${lines.join("\n")}\n`)
  }
}

/** Published rows as lines, by table. */
export interface PublishedRows {
  readonly totals: readonly string[]
  readonly labels: readonly string[]
}

/** The published rows of an edition. */
export function expectEdition(edition: number): PublishedRows {
  const [first, second] = [countOrders(0, edition), countOrders(1, edition)]
  return {
    totals: [...first].map(([item, orders]) => `${item} ${orders + (second.get(item) ?? 0)}`),
    labels: [...second].map(([item, orders]) => `${item} ${item}: ${orders}`),
  }
}

/** Reads the published rows in one snapshot. */
export function readPublished(project: DeclaredProject): Promise<PublishedRows> {
  return withLedgerClient(project, async (client) => {
    const { rows } = await client.query<PublishedRows>(`
      select
        (select coalesce(array_agg(item || ' ' || orders order by item), '{}') from totals) as totals,
        (select coalesce(array_agg(item || ' ' || label order by item), '{}') from labels) as labels`)
    const [row] = rows
    if (row === undefined) throw new TypeError("no row")
    return row
  })
}
