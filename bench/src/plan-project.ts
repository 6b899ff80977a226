import { type AnyAsset, type Daily, type Graph, type Sql, int32 } from "@freshet/core"
import { buildGraph, daily, int64, last, nullable, rowCount, sourceAsset } from "@freshet/core"
import { sql, sqlAsset, text, timestamp, unique } from "@freshet/core"

/** A made-up project, as the benchmark and the expanded planner know it: assets by number, sources first. */
export interface Shape {
  readonly sources: number
  readonly assets: number
  readonly days: number
  /** For each asset what it reads: which other, and how many days up to its own. */
  readonly reads: readonly (readonly ShapeRead[])[]
}

export interface ShapeRead {
  readonly of: number
  readonly days: number
}

/** The size that the limits are for. */
export const bigSize = { sources: 200, assets: 10_000, days: 365, edges: 24_452 }

/** Whole numbers below a limit, the same ones for the same seed (Marsaglia's xorshift). */
export function dice(seed: number): (below: number) => number {
  let state = Math.imul(seed, 0x9e3779b1) | 1
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

/** Each asset reads two or three of the thousand before it, every third one in a window of seven days. */
export function shapeOf(size: Omit<Shape, "reads"> & { readonly edges: number }): Shape {
  const { edges, sources, assets, days } = size
  const roll = dice(20_261_122)
  const reads: ShapeRead[][] = Array.from({ length: sources }, () => [])
  let left = edges
  for (let asset = sources; asset < assets; asset += 1) {
    const wanted = Math.round(left / (assets - asset))
    const of = new Set<number>()
    while (of.size < wanted) of.add(asset - 1 - roll(Math.min(asset, 1000)))
    reads.push([...of].map((each) => ({ of: each, days: roll(3) === 0 ? 7 : 1 })))
    left -= wanted
  }
  return { sources, assets, days, reads }
}

/** An asset's name. */
export function nameOf(asset: number): string {
  return `orders_of_region_${asset}`
}

/** Every day from that of index 0 on. */
export const everyDay = daily({ start: "1970-01-01" })

/** The declarations, written as people write them; `edited` are those whose query is another one. */
export function declare(
  shape: Shape,
  edited: ReadonlySet<number> = new Set(),
): readonly AnyAsset[] {
  const declared: DailyDataset[] = []
  for (let asset = 0; asset < shape.assets; asset += 1) {
    if (asset < shape.sources) declared.push(sourceOf(nameOf(asset)))
    else declared.push(assetOf(shape, asset, { declared, isEdited: edited.has(asset) }))
  }
  return declared
}

type DailyDataset = AnyAsset & { readonly partitions: Daily }

function columns() {
  return {
    order_id: int64("The order."),
    customer_id: int32("Who ordered."),
    product_id: int32("What was ordered."),
    amount: int64("What it cost.", { unit: "cents" }),
    note: nullable(text("What the customer said.")),
    ordered_at: timestamp("When it was ordered."),
  }
}

function sourceOf(name: string): DailyDataset {
  return sourceAsset({
    name,
    group: "orders",
    description: "The orders of a region as they come in.",
    partitions: everyDay,
    columns: columns(),
    format: { kind: "json_lines" },
    path: `${name}/{partition}.json`,
  })
}

function assetOf(
  { reads }: Shape,
  asset: number,
  {
    declared,
    isEdited,
  }: { readonly declared: readonly DailyDataset[]; readonly isEdited: boolean },
): DailyDataset {
  const from = (reads[asset] ?? []).flatMap(({ of, days }) => {
    const upstream = declared[of]
    return upstream === undefined
      ? []
      : [days === 1 ? sql`${upstream}` : sql`${last(days, upstream)}`]
  })
  const parts: readonly Sql[] = from.map(
    (upstream) => sql`
      select order_id, customer_id, product_id, amount, note, ordered_at
      from ${upstream} as orders
      where amount >= ${isEdited ? 1 : 0} and ordered_at is not null`,
  )
  const query = parts.reduce((above, below) => sql`${above} union all ${below}`)
  return sqlAsset({
    name: nameOf(asset),
    group: "orders",
    description: "The orders of a region with those of the regions that supply it.",
    partitions: everyDay,
    columns: columns(),
    query: query as Sql<never>, // what is read bare is daily, as the asset is
    checks: [unique("order_id"), rowCount({ min: 1 })],
  })
}

/** The graph of declarations that are right. */
export function graphOf(declared: readonly AnyAsset[]): Graph {
  const built = buildGraph(declared)
  if (built.kind === "graph") return built.graph
  throw new Error(built.problems.map(({ message }) => message).join("\n"))
}
