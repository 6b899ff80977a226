import {
  type AnyAsset,
  daily,
  hourly,
  int64,
  sourceAsset,
  sql,
  type Sql,
  sqlAsset,
} from "@freshet/core"

import { createDice } from "./plan-project.ts"

/** The number of assets in the graph, and in a group. */
export const pageSize = { assets: 1000, groupAssets: 25 }

/** The first and the last landed day of the hourly asset, 100,008 hours. */
export const hourlyDays = ["2014-08-05", "2025-12-31"] as const

const days = daily({ start: "2026-01-01" })
const columns = { id: int64("Order.") }
const common = { description: "Orders.", columns }

const orders = sourceAsset({
  ...common,
  name: "orders",
  group: "landed",
  partitions: days,
  format: { kind: "json_lines" },
  path: "orders/{partition}.json",
})

const meter = sourceAsset({
  ...common,
  name: "meter",
  group: "hours",
  partitions: daily({ start: hourlyDays[0] }),
  format: { kind: "json_lines" },
  path: "meter/{partition}.json",
})

const readings = sqlAsset({
  ...common,
  name: "readings",
  group: "hours",
  partitions: hourly({ start: `${hourlyDays[0]}T00` }),
  query: sql`select id from ${meter}`,
})

type DailyAsset = ReturnType<typeof declareDaily>

function declareDaily(name: string, group: string, query: Sql<never>) {
  return sqlAsset({ ...common, name, group, partitions: days, query })
}

/** The groups of a layer; assets read groups of the layer before. */
const layerGroups = 5

/**
 * Declares an asset of 100,000 hours, and groups of 25 assets that read one to three others, every tenth time one of another group.
 * @public The benchmark puts this file into the project that it serves.
 */
export function declarePageAssets(): readonly AnyAsset[] {
  const roll = createDice(7)
  const { groupAssets } = pageSize
  const assets: DailyAsset[] = []
  for (let at = 0; at < pageSize.assets; at += 1) {
    const group = Math.floor(at / groupAssets)
    const first = group * groupAssets
    const layerFirst = (group - (group % layerGroups) - layerGroups) * groupAssets
    const readCount = at === first && layerFirst < 0 ? 0 : 1 + roll(3)
    const upstream = new Set(
      Array.from({ length: readCount }, () => {
        const isOther = layerFirst >= 0 && (roll(10) === 0 || at === first)
        return isOther ? layerFirst + roll(layerGroups * groupAssets) : first + roll(at - first)
      }),
    )
    assets.push(declareDaily(`asset_${at}`, `group_${group}`, buildQuery([...upstream], assets)))
  }
  return [orders, ...assets, meter, readings]
}

function buildQuery(upstream: readonly number[], assets: readonly DailyAsset[]): Sql<never> {
  const parts: readonly Sql[] = upstream.flatMap((at) => {
    const asset = assets[at]
    return asset === undefined ? [] : [sql`select id from ${asset}`]
  })
  const [first = sql`select id from ${orders}`, ...further] = parts
  return further.reduce((above, below) => sql`${above} union all ${below}`, first) as Sql<never> // all reads are daily
}
