import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

import { expect, test } from "vitest"

const source = join(import.meta.dirname, "../src")
const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".ts"),
)

test("core reads no clock: there is no Date without an argument in it", () => {
  const clocks = files.filter((name) =>
    /new Date\(\s*\)/.test(readFileSync(join(source, name), "utf8")),
  )
  expect(files.length).toBeGreaterThan(20)
  expect(clocks).toEqual([])
})

/** A library of pure functions: it computes the times of cron expressions from its arguments. */
const pureLibraries = ["croner"]

test("core imports nothing from outside of itself but pure libraries", () => {
  const pattern = new RegExp(`from "(?!\\.|(?:${pureLibraries.join("|")})")|import\\("`)
  const foreign = files.filter((name) => pattern.test(readFileSync(join(source, name), "utf8")))
  expect(foreign).toEqual([])
})
