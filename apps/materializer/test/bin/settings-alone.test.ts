import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { afterAll, beforeAll, expect, test } from "vitest"

import { settingsAlone } from "../../bin/settings-alone.js"

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "freshet-settings-"))
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

let configurations = 0

async function settingsOf(code: string): Promise<object | undefined> {
  configurations += 1
  const name = `config-${configurations}.ts`
  await writeFile(join(folder, name), code)
  return settingsAlone(folder, name)
}

test("what a configuration says that looks at nothing else is known without its assets", async () => {
  const code = `
    import { resolve } from "node:path"
    const clock = new Intl.DateTimeFormat("en", { timeZone: "Europe/London" })
    export const later = () => resolve("x", process.env.HOME ?? "", new Date().toISOString())
    const day = new Date(Date.UTC(2026, 0, 5) + Number(new Date("2026-01-05")))
    export default { assets: [clock.format(day), day.toISOString()], home: "state", threads: 3 }`
  expect(await settingsOf(code)).toEqual({ home: "state", threads: 3 })
})

test.each([
  ["the environment", `export default { assets: [process.env.HOME] }`],
  ["whether there is one", `export default { assets: [typeof process === "object"] }`],
  ["it by another name", `export default { assets: [globalThis["pro" + "cess"]?.env] }`],
  ["it by code made of text", `export default { assets: [new Function("return process")()] }`],
  [
    "it through an import",
    `import { env } from "node:process"; export default { assets: [env.HOME] }`,
  ],
  [
    "a file",
    `import { readFileSync } from "node:fs"; export default { assets: [readFileSync("x")] }`,
  ],
  ["a file by require", `export default { assets: [require("fs").existsSync("x")] }`],
  [
    "a file, a little later",
    `const assets = []
     void import("node:fs").then((fs) => assets.push(fs.existsSync("x")))
     export default { assets }`,
  ],
  ["the machine", `import { EOL } from "node:os"; export default { assets: [EOL] }`],
  ["where it lies", `export default { assets: [import.meta.url] }`],
  ["in which folder it lies", `export default { assets: [import.meta.dirname] }`],
  ["the time", `export default { assets: [Date.now()] }`],
  ["today", `export default { assets: [new Date()] }`],
  ["today by text", `export default { assets: [Date()] }`],
  ["today by a date", `export default { assets: [new (new Date(0).constructor)()] }`],
  ["today by a class", `class Day extends Date {}; export default { assets: [new Day()] }`],
  ["today by a format", `export default { assets: [new Intl.DateTimeFormat("en").format()] }`],
  ["the hour where it is", `export default { assets: [new Date(0).getHours()] }`],
  ["a date as it is written there", `export default { assets: [String(new Date(0))] }`],
  ["midnight there", `export default { assets: [new Date(2026, 0, 5)] }`],
  ["midnight there by text", `export default { assets: [new Date("2026-01-05T00:00")] }`],
  [
    "the language there",
    `export default { assets: [["b", "a"].sort((x, y) => x.localeCompare(y))] }`,
  ],
  ["numbers as written there", `export default { assets: [(1234.5).toLocaleString()] }`],
  ["the time zone", `export default { assets: [new Intl.DateTimeFormat("en").resolvedOptions()] }`],
  [
    "the language of lists",
    `export default { assets: [new Intl.ListFormat().format(["a", "b"])] }`,
  ],
  ["how long it took", `export default { assets: [performance.now()] }`],
  ["chance", `export default { assets: [Math.random()] }`],
  ["what was freed", `export default { assets: [new WeakRef({}).deref()] }`],
])("nothing is known of a configuration that looks at %s", async (_, code) => {
  expect(await settingsOf(code)).toBeUndefined()
})

test.each([
  ["waits for something", `export default { assets: [await 1] }`],
  ["throws", `throw new Error("no")`],
  ["fails later", `void (async () => { await 1; null.x })(); export default { assets: [] }`],
  ["exports nothing", `export const assets = []`],
  ["says what is no setting", `export default { assets: [], home: () => "x" }`],
  ["cannot be read", `export default {`],
])("nothing is known of a configuration that %s", async (_, code) => {
  expect(await settingsOf(code)).toBeUndefined()
})
