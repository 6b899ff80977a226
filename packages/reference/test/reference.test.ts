import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { expect, test } from "vitest"

import { generateReference } from "../reference.js"

const reference = join(import.meta.dirname, "../../../docs/reference")

test("docs/reference is what `npm run reference` writes, with an example of every function and value", async () => {
  const folder = mkdtempSync(join(tmpdir(), "freshet-reference-"))
  try {
    await generateReference(join(folder, "reference"))
    expect(readPages(join(folder, "reference"))).toEqual(readPages(reference))
  } finally {
    rmSync(folder, { recursive: true })
  }
})

function readPages(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(folder)
      .toSorted()
      .map((name) => [name, readFileSync(join(folder, name), "utf8")]),
  )
}
