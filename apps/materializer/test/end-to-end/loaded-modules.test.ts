import { readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

import { afterAll, beforeAll, expect, test } from "vitest"

import { expectCode, makePlace, type Place } from "./freshet.ts"

const recorder = new URL("record-modules.mjs", import.meta.url).href
let place: Place

beforeAll(async () => {
  place = await makePlace()
  await place.freshet("--help")
}, 60_000)

afterAll(() => place.remove())

/** The packages of which code was loaded: those in the bundle's files by the path that the bundler noted, the others by name. */
async function loadedPackages(...words: readonly string[]): Promise<ReadonlySet<string>> {
  const list = join(tmpdir(), `freshet-modules-${process.pid}`)
  const run = place.spawn(words, {
    NODE_OPTIONS: `--import ${recorder}`,
    FRESHET_TEST_MODULES: list,
  })
  expectCode(await run.ended, 0)
  const files = new Set((await readFile(list, "utf8")).trimEnd().split("\n"))
  await rm(list)
  const texts = await Promise.all(
    [...files]
      .filter((file) => file.startsWith("file:") && file.includes("/.build/"))
      .map((file) => readFile(fileURLToPath(file), "utf8")),
  )
  const paths = [
    ...files,
    ...texts.flatMap((text) => text.match(/^\/\/ .*node_modules.*$/gm) ?? []),
  ]
  return new Set(
    paths.flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []),
  )
}

const heavy = ["@duckdb/node-api", "apache-arrow", "pg", "drizzle-orm", "zod"]

test.each(["--help", "status --help", "completion bash", "--version"])(
  "%s loads no engine, no database and no validation",
  { timeout: 30_000 },
  async (line) => {
    const loaded = await loadedPackages(...line.split(" "))
    expect(heavy.filter((name) => loaded.has(name))).toEqual([])
  },
)

test("demo-data loads no engine and no database", { timeout: 30_000 }, async () => {
  const loaded = await loadedPackages("demo-data", "--days", "1")
  expect(["@duckdb/node-api", "apache-arrow", "pg"].filter((name) => loaded.has(name))).toEqual([])
})

test("status with nothing to do loads no engine", { timeout: 60_000 }, async () => {
  await place.freshet("demo-data", "--days", "1")
  await place.freshet("materialize", "follows")
  const loaded = await loadedPackages("status")
  expect(loaded).toContain("pg")
  expect(["@duckdb/node-api", "apache-arrow"].filter((name) => loaded.has(name))).toEqual([])
})

test("sql loads the engine, and this test would see it", { timeout: 60_000 }, async () => {
  expect(await loadedPackages("sql", "select 1")).toContain("@duckdb/node-api")
})
