import { setTimeout as delay } from "node:timers/promises"

import { codeAsset, int64 } from "@freshet/core"
import type { LogMessage } from "@freshet/core/engine"
import { afterEach, beforeEach, expect, test } from "vitest"

import { buildRequest, type EngineFixture, openEngineFixture } from "./engine-fixture.ts"

let fixture: EngineFixture
beforeEach(async () => {
  fixture = await openEngineFixture()
})
afterEach(() => fixture.close())

/** Computes an asset whose code prints its name, and returns the messages. */
async function computeAndLog(name: string, print: (name: string) => Promise<void> | void) {
  const asset = codeAsset({
    name,
    group: "g",
    description: "Rows.",
    version: "1",
    columns: { n: int64() },
    upstream: {},
    async *compute() {
      await print(name)
      yield { n: 1n }
      await print(`${name} again`)
    },
  })
  const messages: LogMessage[] = []
  const request = buildRequest([asset], [], "v1")
  await fixture.engine.compute(
    request,
    () => {},
    (message) => messages.push(message),
  )
  return messages
}

test("console output of code is its log, line by line, with levels", async () => {
  const messages = await computeAndLog("a", (name) => {
    console.log("%s has %d rows", name, 3, { n: 1n })
    console.warn("two\nlines")
    console.error(new Error("no answer").message)
  })
  expect(messages.slice(0, 4)).toEqual([
    { level: "info", text: "a has 3 rows { n: 1n }" },
    { level: "warn", text: "two" },
    { level: "warn", text: "lines" },
    { level: "error", text: "no answer" },
  ])
  expect(messages).toHaveLength(8)
})

test("the logs of codes that run at the same time are separate", async () => {
  const print = async (name: string) => {
    await delay(5)
    console.log(name)
  }
  const logs = await Promise.all([computeAndLog("a", print), computeAndLog("b", print)])
  expect(logs.map((messages) => messages.map(({ text }) => text))).toEqual([
    ["a", "a again"],
    ["b", "b again"],
  ])
})
