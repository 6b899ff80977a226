import { describe, expect, test } from "vitest"

import type { AssetStateDocument } from "../client/api/documents.ts"
import { formatNextSort, parseSort, sortAssets } from "../client/pages/catalog/sort-assets.ts"

const createAsset = (name: string, values: Partial<AssetStateDocument> = {}) =>
  ({
    name,
    group: "shop",
    status: "fresh",
    blocker: null,
    failed_upstream: null,
    rows: null,
    ...values,
  }) as AssetStateDocument // sorting reads these values only

const assets = [
  createAsset("orders", { status: "source" }),
  createAsset("users", { group: "people", rows: 7 }),
  createAsset("best", { rows: 30 }),
  createAsset("counts", { status: "stale", rows: 7 }),
]

const list = (sort: string | undefined) =>
  sortAssets(assets, parseSort(sort)).map(({ name }) => name)

describe("the catalog", () => {
  test("lists groups, and trouble first within a group", () => {
    expect(list(undefined)).toEqual(["counts", "best", "orders", "users"])
  })

  test("lists assets by a column, those without a value last", () => {
    expect(list("name")).toEqual(["best", "counts", "orders", "users"])
    expect(list("rows")).toEqual(["users", "counts", "best", "orders"])
    expect(list("-rows")).toEqual(["best", "users", "counts", "orders"])
    expect(list("state")[0]).toBe("counts")
  })

  test("ignores an unknown column", () => {
    expect(list("color")).toEqual(list(undefined))
  })
})

test("clicks on a head sort in the usual direction, then in the other one, then not at all", () => {
  const click = (sort: string | undefined, name: "name" | "rows") =>
    formatNextSort(parseSort(sort), name)
  expect(["-rows", "rows", undefined]).toEqual([
    click(undefined, "rows"),
    click("-rows", "rows"),
    click("rows", "rows"),
  ])
  expect([click(undefined, "name"), click("name", "name"), click("-name", "name")]).toEqual([
    "name",
    "-name",
    undefined,
  ])
  expect(click("-rows", "name")).toBe("name")
})
