import { parseDay } from "@freshet/core/engine"
import { expect, test } from "vitest"

import { readAttempts } from "../../src/ledger/attempts.ts"
import { readLedgerNames } from "../../src/ledger/ledger-names.ts"
import { buildTestGraph, openLedgerDatabase, testAsset, withRun } from "./ledger-database.ts"

const { url, client } = openLedgerDatabase()
const graph = buildTestGraph(testAsset("recs"))

test("failed attempts of a run are read in their order", async () => {
  const partition = parseDay("2026-01-05") ?? 0
  const attempt = { run: "a", computation: "recs", partition, startedMs: 1000, endedMs: 3000 }
  await withRun(
    url(),
    "a",
    async ({ ledger }) => {
      await ledger.recordAttempt({ ...attempt, attempt: 1, message: "reset\0", delayMs: 500 })
      await ledger.recordAttempt({ ...attempt, attempt: 2, message: "full", delayMs: 0 })
    },
    { graph },
  )
  const names = await readLedgerNames(client(), graph)
  const recorded = { computation: "recs", partition, startedMs: 1000, endedMs: 3000 }
  expect(await readAttempts(client(), names, "a")).toEqual([
    { ...recorded, attempt: 1, message: "reset\uFFFD", nextMs: 3500 },
    { ...recorded, attempt: 2, message: "full", nextMs: 3000 },
  ])
  expect(await readAttempts(client(), names, "b")).toEqual([])
})
