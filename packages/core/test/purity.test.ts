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

test("core imports nothing from outside of itself", () => {
  const foreign = files.filter((name) =>
    /from "(?!\.)|import\("/.test(readFileSync(join(source, name), "utf8")),
  )
  expect(foreign).toEqual([])
})
