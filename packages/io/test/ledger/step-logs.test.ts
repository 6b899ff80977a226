import { expect, test } from "vitest"

import { readAttempts } from "../../src/ledger/attempts.ts"
import { readLedgerNames } from "../../src/ledger/ledger-names.ts"
import { expireRecords } from "../../src/ledger/retention.ts"
import { readLogLines } from "../../src/ledger/step-logs.ts"
import { buildTestGraph, openLedgerDatabase, testAsset, withRun } from "./ledger-database.ts"

const { url, client } = openLedgerDatabase()

const readTexts = async (afterId = 0, limit = 100) =>
  (await readLogLines(client(), { run: "a", afterId, limit })).map(({ text }) => text)

test("lines are read in their order, page by page, and expire", async () => {
  await withRun(url(), "a", async ({ ledger }) => {
    const record = { run: "a", step: "recs 2026-01-05", attempt: 2 }
    const toLine = (text: string, atMs: number) => ({ level: "warn", text, atMs }) as const
    await ledger.recordLog({ ...record, lines: [toLine("one\0", 1000), toLine("two", 1000)] })
    await ledger.recordLog({ ...record, lines: [toLine("three", 9000)] })
  })
  const [first, second] = await readLogLines(client(), { run: "a", afterId: 0, limit: 2 })
  expect(first).toMatchObject({
    step: "recs 2026-01-05",
    attempt: 2,
    level: "warn",
    text: "one\uFFFD",
    atMs: 1000,
  })
  expect(await readTexts(second?.id)).toEqual(["three"])
  const readStep = async (step: string) =>
    (await readLogLines(client(), { run: "a", step, afterId: 0, limit: 2 })).map(({ text }) => text)
  expect(await readStep("recs 2026-01-05")).toEqual(["one\uFFFD", "two"])
  expect(await readStep("recs 2026-01-06")).toEqual([])
  const expiry = { logsMs: 9000, historyMs: 0 }
  expect(await expireRecords(client(), expiry, { dryRun: true })).toMatchObject({ log_lines: 2 })
  expect(await readTexts()).toEqual(["one\uFFFD", "two", "three"])
  expect(await expireRecords(client(), expiry, { dryRun: false })).toMatchObject({ log_lines: 2 })
  expect(await readTexts()).toEqual(["three"])
})

test("failed attempts expire with the lines of logs", async () => {
  const graph = buildTestGraph(testAsset("recs"))
  const attempt = { run: "b", computation: "recs", partition: 20_458, message: "reset", delayMs: 0 }
  await withRun(
    url(),
    "b",
    async ({ ledger }) => {
      await ledger.recordAttempt({ ...attempt, attempt: 1, startedMs: 1000, endedMs: 2000 })
      await ledger.recordAttempt({ ...attempt, attempt: 2, startedMs: 8000, endedMs: 9000 })
    },
    { graph },
  )
  await expireRecords(client(), { logsMs: 9000, historyMs: 0 }, { dryRun: false })
  const names = await readLedgerNames(client(), graph)
  expect(await readAttempts(client(), names, "b")).toMatchObject([{ attempt: 2 }])
})
