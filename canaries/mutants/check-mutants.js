/**
 * Removes each protection of `mutants.js` in a copy of the packages and runs its test, which must fail. Prints a table;
 * the exit status is 1 if a test passes without its protection. `node canaries/mutants/check-mutants.js [WORDS]` checks the
 * mutants whose names contain the words.
 */
import { spawnSync } from "node:child_process"
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { argv } from "node:process"
import { fileURLToPath } from "node:url"

import { mutants } from "./mutants.js"

const root = fileURLToPath(new URL("../../", import.meta.url))
const limitMs = 300_000

const copy = mkdtempSync(join(tmpdir(), "freshet-mutants-"))
try {
  process.exitCode = checkMutants(argv.slice(2).join(" "))
} finally {
  rmSync(copy, { recursive: true, force: true, maxRetries: 5 })
}

/**
 * Returns the exit status.
 * @param {string} words
 */
function checkMutants(words) {
  cpSync(join(root, "packages"), join(copy, "packages"), {
    recursive: true,
    verbatimSymlinks: true,
  })
  for (const name of ["node_modules", "tsconfig.base.json"])
    symlinkSync(join(root, name), join(copy, name))
  const selected = mutants.filter(({ name }) => name.includes(words))
  const failing = [...new Set(selected.map(({ test }) => test))].filter((test) => !passes(test))
  for (const test of failing) console.log(`fails without a mutant: ${test}`)
  if (failing.length > 0) return 1
  const survivors = selected.filter((mutant) => !isKilled(mutant))
  console.log(`${selected.length - survivors.length} of ${selected.length} mutants are killed`)
  return survivors.length === 0 ? 0 : 1
}

/**
 * Tests if a mutant's test fails with it, and prints the result.
 * @param {import("./mutants.js").Mutant} mutant
 */
function isKilled({ name, file, text, replacement, test }) {
  const path = join(copy, file)
  const source = readFileSync(path, "utf8")
  if (source.split(text).length !== 2) throw new Error(`${file} does not contain once: ${text}`)
  writeFileSync(
    path,
    source.replace(text, () => replacement),
  )
  const isDead = !passes(test)
  writeFileSync(path, source)
  console.log(`${isDead ? "killed  " : "SURVIVES"}  ${name} (${test})`)
  return isDead
}

/** @param {string} test */
function passes(test) {
  const vitest = join(root, "node_modules/.bin/vitest")
  const words = ["run", "--root", ".", "--testTimeout", "60000", test]
  const options = { cwd: join(copy, "packages/io"), timeout: limitMs }
  return spawnSync(vitest, words, options).status === 0
}
