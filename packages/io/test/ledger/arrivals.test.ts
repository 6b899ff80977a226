import { expect, test } from "vitest"

import {
  readArrivals,
  readNewestArrivals,
  recordArrivals,
  type SettledPartition,
} from "../../src/ledger/arrivals.ts"
import { connectLedger } from "../../src/ledger/connection.ts"
import { openLedgerDatabase } from "./ledger-database.ts"

const { url, client } = openLedgerDatabase()

function settle(source: string, version: string): SettledPartition {
  return { source, partition: "2026-01-05", version }
}

async function readVersions(source: string): Promise<readonly string[]> {
  const arrivals = await readNewestArrivals(client())
  return arrivals.filter((arrival) => arrival.source === source).map(({ version }) => version)
}

test("each change of a partition is an arrival, also back to earlier content", async () => {
  const counts: number[] = []
  for (const version of ["a", "a", "b", "a"])
    counts.push(await recordArrivals(client(), [settle("log", version)]))
  expect(counts).toEqual([1, 0, 1, 1])
  expect(await readVersions("log")).toEqual(["a"])
})

test("arrivals are read in the order of their ids, after an id", async () => {
  await recordArrivals(client(), [settle("x", "1"), settle("w", "1")])
  const arrivals = await readArrivals(client(), 0)
  const ids = arrivals.map(({ id }) => id)
  expect(ids).toEqual(ids.toSorted((a, b) => a - b))
  expect(await readArrivals(client(), ids.at(-1)!)).toEqual([])
  expect((await readArrivals(client(), ids.at(-2)!)).map(({ source }) => source)).toEqual(["x"])
})

test("of watches that record at once, one records an arrival", async () => {
  const clients = await Promise.all(Array.from({ length: 5 }, () => connectLedger(url())))
  try {
    const counts = await Promise.all(
      clients.map((watch) => recordArrivals(watch, [settle("at once", "1")])),
    )
    expect(counts.filter((count) => count > 0)).toEqual([1])
  } finally {
    await Promise.all(clients.map((watch) => watch.end()))
  }
})
