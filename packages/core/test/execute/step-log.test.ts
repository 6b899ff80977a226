import { expect, test } from "vitest"

import { FreshetError, type LogLine } from "../../src/engine.ts"
import { openStepLog } from "../../src/execute/step-log.ts"
import { sql } from "../../src/index.ts"
import { buildValidGraph, dailyAsset } from "../declarations.ts"
import { createProjectWithDays, run } from "../memory-project.ts"
import { chain, raw } from "./chain.ts"

/** Writes numbered lines, and returns the recorded texts in groups. */
async function writeLines(count: number, text: (line: number) => string = String) {
  const groups: string[][] = []
  const record = async (lines: readonly LogLine[]) => {
    groups.push(lines.map((line) => line.text))
    await new Promise((resolve) => setImmediate(resolve))
  }
  const log = openStepLog(record, () => 7)
  for (let line = 1; line <= count; line += 1) log.write({ level: "info", text: text(line) })
  await log.close()
  return groups
}

test("the first line is recorded at once, and those printed meanwhile together", async () => {
  expect(await writeLines(0)).toEqual([])
  expect(await writeLines(3)).toEqual([["1"], ["2", "3"]])
})

test("a flood is recorded as its first and its last lines", async () => {
  const texts = (await writeLines(1_000_000)).flat()
  expect(texts).toHaveLength(1201)
  expect(texts[999]).toBe("1000")
  expect(texts[1000]).toBe("… 998,800 lines omitted …")
  expect([texts[1001], texts.at(-1)]).toEqual(["999801", "1000000"])
  expect((await writeLines(1200)).flat()).toHaveLength(1200)
})

test("lines that a process omitted count as omitted", async () => {
  const texts: string[] = []
  const log = openStepLog(
    async (lines) => void texts.push(...lines.map(({ text, atMs }) => `${atMs} ${text}`)),
    () => 7,
  )
  for (let line = 1; line <= 1201; line += 1)
    log.write({
      level: "info",
      text: String(line),
      atMs: line,
      omittedBefore: line > 1200 ? 50 : 0,
    })
  await log.close()
  expect(texts[999]).toBe("1000 1000")
  expect(texts.slice(1000, 1002)).toEqual(["7 … 51 lines omitted …", "1002 1002"])
  expect(texts.at(-1)).toBe("1201 1201")
})

test("a long line is cut", async () => {
  const [[line = ""] = []] = await writeLines(1, () => "x".repeat(1_000_000))
  expect(line).toHaveLength(2001)
})

test("each attempt has its own log, which is recorded before the step", async () => {
  const order: string[] = []
  let attempts = 0
  const retried = dailyAsset("retried", sql`select n from ${raw}`, { retries: { attempts: 2 } })
  const project = createProjectWithDays([1], {
    beforeCompute: (_step, log) => {
      attempts += 1
      log?.({ level: "warn", text: `attempt ${attempts}` })
      if (attempts === 1) throw new Error("reset")
    },
    beforeRecordLog: ({ attempt }) => void order.push(`log ${attempt}`),
    beforeRecord: () => void order.push("step"),
  })
  await run(project, buildValidGraph(raw, retried))
  const step = "retried 2026-01-01"
  expect(project.logs).toMatchObject([
    { step, attempt: 1, lines: [{ level: "warn", text: "attempt 1" }] },
    { step, attempt: 2, lines: [{ level: "warn", text: "attempt 2" }] },
  ])
  expect(order).toEqual(["log 1", "log 2", "step"])
  expect(project.events).toContainEqual(expect.objectContaining({ kind: "step_logged", step }))
})

test("a log that cannot be recorded rejects the run", async () => {
  const project = createProjectWithDays([1], {
    beforeCompute: (_step, log) => log?.({ level: "info", text: "hello" }),
    beforeRecordLog: () => {
      throw new FreshetError("ledger", "lost")
    },
  })
  await expect(run(project, chain)).rejects.toThrow("lost")
})
