import { formatRelationName, listReads } from "@freshet/core/engine"
import { expect, test } from "vitest"

import { definitions, stocktwits, type StocktwitsSettings } from "../../src/index.ts"
import { withEngine } from "./with-engine.ts"

const variants: readonly Partial<StocktwitsSettings>[] = [
  {},
  { selfEngagements: "keep", alreadyConnected: "window" },
  { windowDays: 1, closest: 3, recommendations: 2 },
]

test.each(variants)("every query, check and rule binds with settings %j", async (settings) => {
  const problems = await withEngine({}, ({ engine }) =>
    engine.bind(definitions({ stocktwits: settings })),
  )
  expect(problems).toEqual([])
})

test("the data dictionary says something about every dataset and every column", () => {
  const silent = stocktwits().flatMap((asset) => [
    ...(asset.description === "" ? [asset.name] : []),
    ...Object.entries(asset.columns).flatMap(([column, { description }]) =>
      description === undefined || description === "" ? [`${asset.name}.${column}`] : [],
    ),
  ])
  expect(silent).toEqual([])
})

test("the six published tables change together and are due", () => {
  const published = stocktwits().flatMap((asset) =>
    asset.kind === "asset" && asset.publish !== undefined ? [asset] : [],
  )
  expect(published.map((asset) => [asset.name, asset.publish?.set, asset.freshness?.time])).toEqual(
    ["user_recs", "user_rec_reasons", "room_recs", "room_rec_reasons", "users", "rooms"].map(
      (name) => [name, "stocktwits", "07:00"],
    ),
  )
})

test("only with alreadyConnected to_date is anything recommended by what accumulated", () => {
  const readers = (alreadyConnected: "to_date" | "window") =>
    stocktwits({ alreadyConnected })
      .flatMap((asset) => (asset.kind === "asset" ? [asset] : []))
      .filter((asset) =>
        [
          ...asset.computation.reads,
          ...asset.checks.flatMap(({ rule }) =>
            rule.kind === "no_rows" ? listReads(rule.query) : [],
          ),
        ].some((read) => formatRelationName(read).endsWith("_to_date")),
      )
      .map((asset) => asset.name)
  expect(readers("window")).toEqual([])
  expect(readers("to_date")).toEqual([
    "valid_user_candidates",
    "user_recs",
    "valid_room_candidates",
    "room_recs",
  ])
})
