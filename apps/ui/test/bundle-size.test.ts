import { readFileSync } from "node:fs"
import { gzipSync } from "node:zlib"

import { expect, test } from "vitest"

const client = new URL("../.build/client/", import.meta.url)

test("the first page loads at most 150 kB of compressed code", () => {
  const page = readFileSync(new URL("index.html", client), "utf8")
  const scripts = [...page.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map(([, path]) => path ?? "")
  expect(scripts.length).toBeGreaterThan(0)
  const bytes = scripts.map((path) => gzipSync(readFileSync(new URL(path, client))).length)
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(150_000)
})
