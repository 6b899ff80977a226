import { type Asset, daily, monthly } from "@freshet/core"
import { beforeAll, expect, test } from "vitest"

import {
  areRecorded,
  declarationColumns,
  type RecordedDeclarations,
} from "../../src/ledger/recorded-declarations.ts"
import { buildTestGraph, openLedgerDatabase, testAsset, withRun } from "./ledger-database.ts"

const { url, client } = openLedgerDatabase()
const days = daily({ start: "2020-01-01" })

const declare = (overrides: Partial<Asset> = {}, ...others: readonly string[]) =>
  buildTestGraph(
    testAsset("orders", { partitions: days, previousNames: ["sales"], ...overrides }),
    ...others.map((name) => testAsset(name, { partitions: days })),
  )

async function readDeclarations(): Promise<RecordedDeclarations> {
  const { rows } = await client().query<RecordedDeclarations>(`select ${declarationColumns}`)
  return rows[0]!
}

beforeAll(() => withRun(url(), "recorded", async () => {}, { graph: declare({}, "users") }))

test("the declarations of a run are recorded", async () => {
  expect(areRecorded(await readDeclarations(), declare({}, "users"))).toBe(true)
})

test.each([
  ["a new asset", declare({}, "users", "rooms")],
  ["a removed asset", declare({})],
  ["a renamed asset", declare({ previousNames: ["sales", "bills"] }, "users")],
  ["an asset without its previous name", declare({ previousNames: [] }, "users")],
  ["other partitions", declare({ partitions: monthly({ start: "2020-01" }) }, "users")],
  [
    "another time zone",
    declare({ partitions: daily({ start: "2020-01-01", zone: "Asia/Tokyo" }) }, "users"),
  ],
])("%s is to be recorded", async (_, graph) => {
  expect(areRecorded(await readDeclarations(), graph)).toBe(false)
})

test("a removed asset that is declared again is to be recorded", async () => {
  await withRun(url(), "without users", async () => {}, { graph: declare() })
  expect(areRecorded(await readDeclarations(), declare())).toBe(true)
  expect(areRecorded(await readDeclarations(), declare({}, "users"))).toBe(false)
})

test("a name that was followed, and is no longer a previous name, is to be recorded", async () => {
  const recorded = await readDeclarations()
  const assets = recorded.assets.map(
    ([name, isRemoved, , first, definition]) =>
      [name, isRemoved, name === "orders" ? ["bills"] : [], first, definition] as const,
  )
  expect(areRecorded({ ...recorded, assets }, declare())).toBe(false)
})
