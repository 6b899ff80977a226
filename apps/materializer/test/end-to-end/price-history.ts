import type { DeclaredProject } from "./declared-project.ts"
import { expectDone, runFreshet } from "./freshet-process.ts"
import { landRaw, recsPrelude } from "./published-recs.ts"

/** The imports of declarations with the source `price`, a file that is overwritten, and with `raw`. */
export const pricePrelude = `${recsPrelude}
  import { asLanded, codeAsset, keepFor, previous } from "@freshet/core"
  const price = sourceAsset({
    ...common,
    partitions: { kind: "none" },
    name: "price",
    description: "The present price.",
    columns: { n: int64() },
    format: { kind: "json_lines" },
    path: "price.json",
  })`

/** `recs` accumulates the price of each day, which a file shows that is overwritten every day. */
export function declareHistory({ price = "n", read = "asLanded(price)" } = {}): string {
  return `${pricePrelude}
    const recs = sqlAsset({
      ...common, columns, name: "recs", description: "The price of each day.",
      query: sql\`from \${previous()} union all
        select u, r, ${price} as n from \${raw}, \${${read}}\`,
      retention: keepFor({ days: 0 }),
      publish: publishTo(recsTable, { set: "s" }),
    })
    export const assets = [raw, price, recs]`
}

/** Overwrites the file of the present price. */
export function landPrice(project: Pick<DeclaredProject, "land">, price: number): void {
  project.land("price.json", `{"n":${price}}\n`)
}

/** Materializes two days, one after the other, with the prices 10 and 20. */
export async function materializeTwoDays(project: DeclaredProject): Promise<void> {
  for (const day of [1, 2]) {
    landPrice(project, 10 * day)
    landRaw(project, `2026-01-0${day}`, day)
    expectDone(await runFreshet(project, "materialize"))
  }
}

/** Selects both days. */
export const bothDays = ["--from", "2026-01-01", "--to", "2026-01-02"] as const
/** The published rows of both days. */
export const history = ["1 1 10", "1 2 20"]
