import { parseDay } from "@freshet/core/engine"
import { expect, test } from "vitest"

import { readAttempts } from "../../src/ledger/attempts.ts"
import { readLedgerNames } from "../../src/ledger/ledger-names.ts"
import { buildTestGraph, openLedgerDatabase, testAsset, withRun } from "./ledger-database.ts"

const { url, client } = openLedgerDatabase()
const graph = buildTestGraph(testAsset("recs"))

const hourMs = 3_600_000

/** Reads the clock of the database, which decides when a pause ends. */
async function readClock(): Promise<number> {
  const { rows } = await client().query<{ now: Date }>(
    "select date_trunc('milliseconds', now()) as now",
  )
  return rows[0]!.now.getTime()
}

test("failed attempts of a run are read in their order", async () => {
  const partition = parseDay("2026-01-05") ?? 0
  const attempt = { run: "a", computation: "recs", partition, startedMs: 1000, endedMs: 3000 }
  const startMs = await readClock()
  await withRun(
    url(),
    "a",
    async ({ ledger }) => {
      await ledger.recordAttempt({ ...attempt, attempt: 1, message: "reset\0", delayMs: hourMs })
      await ledger.recordAttempt({ ...attempt, attempt: 2, message: "full", delayMs: 0 })
    },
    { graph },
  )
  const names = await readLedgerNames(client(), graph)
  const recorded = { computation: "recs", partition, startedMs: 1000, endedMs: 3000 }
  const attempts = await readAttempts(client(), names, "a")
  expect(attempts).toMatchObject([
    { ...recorded, attempt: 1, message: "reset\uFFFD" },
    { ...recorded, attempt: 2, message: "full" },
  ])
  const [untilMs = 0, untilFullMs = 0] = attempts.map(({ nextMs }) => nextMs - startMs)
  expect(untilFullMs).toBeGreaterThanOrEqual(0)
  expect(untilMs).toBeGreaterThanOrEqual(hourMs)
  expect(untilMs - untilFullMs).toBeLessThanOrEqual(hourMs)
  expect(await readAttempts(client(), names, "b")).toEqual([])
})
