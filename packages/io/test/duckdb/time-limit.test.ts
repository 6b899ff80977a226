import { codeAsset, int64, sql, sqlAsset } from "@freshet/core"
import { afterEach, beforeEach, expect, test } from "vitest"

import { type EngineFixture, openEngineFixture } from "./engine-fixture.ts"

let fixture: EngineFixture
beforeEach(async () => {
  fixture = await openEngineFixture()
})
afterEach(() => fixture.close())

const declared = { group: "g", description: "Rows.", columns: { n: int64() } }
const never = new Promise<never>(() => {})

/** Declares code with a time limit in which it certainly starts. */
function declareCode(
  compute: (signal: { aborted: boolean }) => AsyncIterable<{ n: bigint }>,
  timeoutSeconds = 3,
) {
  return codeAsset({
    ...declared,
    name: "hanging",
    version: "1",
    upstream: {},
    timeoutSeconds,
    compute: (_upstream, { signal }) => compute(signal),
  })
}

const timeout = {
  isTransient: true,
  message: expect.stringMatching(/^`hanging` exceeded its time limit of (0.2|3) s$/) as string,
}

test("a query is interrupted when its time limit has passed, and the engine works on", async () => {
  const query = sql`select count(*) as n from range(1000000000000) as a (i), range(1000) where i % 7 = 8`
  const hanging = sqlAsset({ ...declared, name: "hanging", query, timeoutSeconds: 0.2 })
  await expect(fixture.compute([hanging])).rejects.toMatchObject(timeout)
  const quick = sqlAsset({
    ...declared,
    name: "quick",
    query: sql`select 1 as n`,
    timeoutSeconds: 60,
  })
  expect(await fixture.compute([quick])).toMatchObject({ kind: "materialized" })
})

test("the signal of code is aborted when its time limit has passed", async () => {
  let stop = () => {}
  const stopped = new Promise<void>((resolve) => (stop = resolve))
  const hanging = declareCode(async function* (signal) {
    while (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, 5))
    stop()
    yield { n: 1n }
  })
  await expect(fixture.compute([hanging])).rejects.toMatchObject(timeout)
  await stopped
})

test("code that does not notice its signal is not waited for", async () => {
  const hanging = declareCode(async function* () {
    yield { n: await never }
  })
  await expect(fixture.compute([hanging])).rejects.toMatchObject(timeout)
})

test("code that is no longer waited for ends at its next row", async () => {
  let resume = () => {}
  const hasResumed = new Promise<void>((resolve) => (resume = resolve))
  let hasEnded = () => {}
  const ended = new Promise<void>((resolve) => (hasEnded = resolve))
  const hanging = declareCode(async function* () {
    try {
      await hasResumed
      for (;;) yield { n: 1n }
    } finally {
      hasEnded()
    }
  })
  await expect(fixture.compute([hanging])).rejects.toMatchObject(timeout)
  resume()
  await ended
})

test("an error before the time limit is the error of the code", async () => {
  const hanging = declareCode(async function* () {
    yield { n: await Promise.reject(new Error("no answer")) }
  }, 600)
  const message = "the code of `hanging` failed: no answer"
  await expect(fixture.compute([hanging])).rejects.toMatchObject({ message })
})

test("an interruption of the run is none of the time limit", async () => {
  const controller = new AbortController()
  const interrupted = await openEngineFixture({ signal: controller.signal })
  const query = sql`select count(*) as n from range(1000000000000) as a (i), range(1000) where i % 7 = 8`
  const asset = sqlAsset({ ...declared, name: "counted", query, timeoutSeconds: 600 })
  const result = interrupted.compute([asset])
  setTimeout(() => controller.abort(), 100)
  await expect(result).rejects.toMatchObject({ code: "interrupted" })
  await interrupted.close()
})
