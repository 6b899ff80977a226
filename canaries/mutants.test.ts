import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"

import { expect, test } from "vitest"

import { mutants } from "./mutants/mutants.js"
import { root } from "./workspace.ts"

test.each(mutants)("the protection exists once, and its test exists: $name", (mutant) => {
  const source = readFileSync(join(root, mutant.file), "utf8")
  expect(source.split(mutant.text)).toHaveLength(2)
  expect(existsSync(join(root, "packages/io", mutant.test))).toBe(true)
})
