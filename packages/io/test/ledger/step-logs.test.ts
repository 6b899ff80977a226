import { expect, test } from "vitest"

import { expireLogLines, readLogLines } from "../../src/ledger/step-logs.ts"
import { openLedgerDatabase, withRun } from "./ledger-database.ts"

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
  expect(await expireLogLines(client(), 9000, false)).toBe(2)
  expect(await readTexts()).toEqual(["one\uFFFD", "two", "three"])
  expect(await expireLogLines(client(), 9000, true)).toBe(2)
  expect(await readTexts()).toEqual(["three"])
})
