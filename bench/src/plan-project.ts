import {
  type AnyAsset,
  daily,
  type Daily,
  int32,
  int64,
  last,
  nullable,
  rowCount,
  sourceAsset,
  sql,
  type Sql,
  sqlAsset,
  text,
  timestamp,
  unique,
} from "@freshet/core"
import { buildGraph, type Graph } from "@freshet/core/engine"

/** A generated project of numbered assets, sources first. */
export interface Shape {
  readonly sources: number
  readonly assets: number
  readonly days: number
  /** Reads of each asset: the upstream asset, and the number of days up to its own. */
  readonly reads: readonly (readonly ShapeRead[])[]
}

export interface ShapeRead {
  readonly upstreamIndex: number
  readonly days: number
}

/** Size that the limits are for. */
export const bigSize = { sources: 200, assets: 10_000, days: 365, edges: 24_452 }

/** Draws whole numbers below a limit, the same for the same seed (Marsaglia's xorshift). */
export function createDice(seed: number): (below: number) => number {
  let state = Math.imul(seed, 0x9e3779b1) | 1
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

/** Generates assets that read two or three of the thousand before them, every third one in a window of seven days. */
export function createShape(size: Omit<Shape, "reads"> & { readonly edges: number }): Shape {
  const { edges, sources, assets, days } = size
  const roll = createDice(20_261_122)
  const reads: ShapeRead[][] = Array.from({ length: sources }, () => [])
  let remainingEdges = edges
  for (let asset = sources; asset < assets; asset += 1) {
    const readCount = Math.round(remainingEdges / (assets - asset))
    const upstreamIndexes = new Set<number>()
    while (upstreamIndexes.size < readCount)
      upstreamIndexes.add(asset - 1 - roll(Math.min(asset, 1000)))
    reads.push(
      [...upstreamIndexes].map((upstreamIndex) => ({
        upstreamIndex,
        days: roll(3) === 0 ? 7 : 1,
      })),
    )
    remainingEdges -= readCount
  }
  return { sources, assets, days, reads }
}

/** Returns an asset's name. */
export function getAssetName(asset: number): string {
  return `orders_of_region_${asset}`
}

/** Every day from index 0 on. */
export const dailyPartitions = daily({ start: "1970-01-01" })

/** Declares the assets; those in `edited` have another query. */
export function declareAssets(
  shape: Shape,
  edited: ReadonlySet<number> = new Set(),
): readonly AnyAsset[] {
  const declarations: DailyDataset[] = []
  for (let asset = 0; asset < shape.assets; asset += 1) {
    if (asset < shape.sources) declarations.push(declareSource(getAssetName(asset)))
    else
      declarations.push(declareAsset(shape, asset, { declarations, isEdited: edited.has(asset) }))
  }
  return declarations
}

type DailyDataset = AnyAsset & { readonly partitions: Daily }

function createColumns() {
  return {
    order_id: int64("The order."),
    customer_id: int32("Who ordered."),
    product_id: int32("What was ordered."),
    amount: int64("What it cost.", { unit: "cents" }),
    note: nullable(text("What the customer said.")),
    ordered_at: timestamp("When it was ordered."),
  }
}

function declareSource(name: string): DailyDataset {
  return sourceAsset({
    name,
    group: "orders",
    description: "The orders of a region as they come in.",
    partitions: dailyPartitions,
    columns: createColumns(),
    format: { kind: "json_lines" },
    path: `${name}/{partition}.json`,
  })
}

function declareAsset(
  { reads }: Shape,
  asset: number,
  {
    declarations,
    isEdited,
  }: { readonly declarations: readonly DailyDataset[]; readonly isEdited: boolean },
): DailyDataset {
  const relations = (reads[asset] ?? []).flatMap(({ upstreamIndex, days }) => {
    const upstream = declarations[upstreamIndex]
    return upstream === undefined
      ? []
      : [days === 1 ? sql`${upstream}` : sql`${last(days, upstream)}`]
  })
  const parts: readonly Sql[] = relations.map(
    (upstream) => sql`
      select order_id, customer_id, product_id, amount, note, ordered_at
      from ${upstream} as orders
      where amount >= ${isEdited ? 1 : 0} and ordered_at is not null`,
  )
  const query = parts.reduce((above, below) => sql`${above} union all ${below}`)
  return sqlAsset({
    name: getAssetName(asset),
    group: "orders",
    description: "The orders of a region with those of the regions that supply it.",
    partitions: dailyPartitions,
    columns: createColumns(),
    query: query as Sql<never>, // bare reads are daily, like the asset
    checks: [unique("order_id"), rowCount({ min: 1 })],
  })
}

/** Builds the graph of valid declarations. */
export function buildValidGraph(declarations: readonly AnyAsset[]): Graph {
  const result = buildGraph(declarations)
  if (result.kind === "graph") return result.graph
  throw new Error(result.problems.map(({ message }) => message).join("\n"))
}
