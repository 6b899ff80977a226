import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

import { expect, test } from "vitest"

import { root, runTool } from "./workspace.ts"

const impure: Readonly<Record<string, string>> = {
  "built-in": `export { readFileSync } from "node:fs"\n`,
  process: `export const home = process.env\n`,
  fetch: `export const page = (): unknown => fetch("http://localhost")\n`,
  timer: `export const later = (): unknown => setTimeout(() => 1, 1)\n`,
  console: `console.log("here")\n`,
  buffer: `export const bytes = Buffer.from("a")\n`,
}

const loose: Readonly<Record<string, string>> = {
  "unchecked-index": `export const first = (items: readonly string[]): string => items[0]\n`,
  "exact-optional": `export const none: { readonly size?: number } = { size: undefined }\n`,
  enum: `export enum Kind { all }\n`,
  fallthrough: `export function f(n: number): number {
  switch (n) {
    case 1:
      n += 1
    case 2:
      return n
  }
  return 0
}
`,
}

const sources = { ...impure, ...loose }

const { output: errors } = runTool(
  {
    ...Object.fromEntries(
      Object.entries(sources).map(([name, text]) => [`packages/core/src/${name}.ts`, text]),
    ),
    "packages/core/src/pure.ts": `export const day = (at: Date): string => at.toISOString()\n`,
  },
  "tsc",
  "--noEmit",
  "--pretty",
  "false",
  "-p",
  "packages/core",
)

test.each(Object.keys(sources))("the compiler rejects in core: %s", (name) => {
  expect(errors).toContain(`packages/core/src/${name}.ts(`)
})

test("the compiler accepts in core what is pure", () => {
  expect(errors).not.toContain("pure.ts")
})

test("core never asks what time it is", () => {
  expect(findClockReads(`const now = new Date()\nconst then = new Date(0)\nnew Date\n`)).toEqual([
    "new Date()",
    "new Date\n",
  ])
  const core = join(root, "packages/core/src")
  const files = readdirSync(core, { encoding: "utf8", recursive: true })
  const readers = files
    .filter((path) => path.endsWith(".ts"))
    .filter((path) => findClockReads(readFileSync(join(core, path), "utf8")).length > 0)
  expect(readers).toEqual([])
})

test("the formatter reports a file that is not formatted", () => {
  const files = { "packages/core/src/ugly.ts": `export const ugly = 'a';\n` }
  const { ok, output } = runTool(files, "oxfmt", "--check")
  expect(ok).toBe(false)
  expect(output).toContain("packages/core/src/ugly.ts")
})

function findClockReads(text: string): string[] {
  return text.match(/\bnew Date\s*\(\s*\)|\bnew Date\b(?!\s*\()\s?/g) ?? []
}
