import { expect, test } from "vitest"

import { findAssetByStableName, getAsset, getStableName } from "../../src/engine.ts"
import { sql } from "../../src/index.ts"
import { buildValidGraph, dailyAsset, source } from "../declarations.ts"

const raw = source("raw")
const declare = (name: string, ...previousNames: readonly string[]) =>
  dailyAsset(name, sql`from ${raw}`, { previousNames })

function listStableNames(...assets: readonly ReturnType<typeof declare>[]) {
  const graph = buildValidGraph(raw, ...assets)
  return assets.map(({ name }) => {
    const stableName = getStableName(graph, getAsset(graph, name))
    expect(findAssetByStableName(graph, stableName)?.name).toBe(name)
    return `${name} ${stableName}`
  })
}

test("an asset keeps its oldest name in versions", () => {
  expect(listStableNames(declare("a"), declare("c", "old", "b"))).toEqual(["a a", "c old"])
})

test("assets that swapped their names keep the names that they had", () => {
  expect(listStableNames(declare("a", "b"), declare("b", "a"))).toEqual(["a b", "b a"])
})

test("an asset with a reused name differs from the asset that had it", () => {
  expect(listStableNames(declare("b", "a"), declare("a"))).toEqual(["b a", "a a~2"])
})
