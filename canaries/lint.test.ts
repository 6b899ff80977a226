import { expect, test } from "vitest"

import { runTool } from "./workspace.ts"

const violations: Readonly<Record<string, { readonly path: string; readonly text: string }>> = {
  "import(no-cycle)": {
    path: "packages/core/src/left.ts",
    text: `import { right } from "./right.ts"\nexport const left = (): number => right()\n`,
  },
  "import(no-cycle) ": {
    path: "packages/core/src/type-left.ts",
    text: `import type { Right } from "./type-right.ts"\nexport interface Left {\n  readonly right: Right | undefined\n}\n`,
  },
  "eslint(max-lines-per-function)": {
    path: "packages/core/src/long-function.ts",
    text: `export function long(lines: number[]): void {\n${"  lines.push(1)\n".repeat(59)}}\n`,
  },
  "eslint(max-lines)": {
    path: "packages/core/src/long-file.ts",
    text: Array.from({ length: 401 }, (_, at) => `export const n${at} = ${at}\n`).join(""),
  },
  "eslint(max-params)": {
    path: "packages/core/src/five-parameters.ts",
    text: `export const sum = (a: number, b: number, c: number, d: number, e: number): number => a + b + c + d + e\n`,
  },
  "eslint(max-depth)": {
    path: "packages/core/src/deep.ts",
    text: `export function deep(n: number): number {\n${"if (n > 0) {".repeat(5)} n += 1 ${"}".repeat(5)}\nreturn n }\n`,
  },
  "typescript(no-explicit-any)": {
    path: "packages/core/src/any.ts",
    text: `export const any = (value: any): string => String(value)\n`,
  },
  "typescript(no-non-null-assertion)": {
    path: "packages/core/src/not-null.ts",
    text: `export const first = (items: string[]): string => items[0]!\n`,
  },
  "typescript(no-floating-promises)": {
    path: "packages/core/src/floating.ts",
    text: `export function start(work: () => Promise<void>): void {\n  work()\n}\n`,
  },
  "typescript(switch-exhaustiveness-check)": {
    path: "packages/core/src/not-exhaustive.ts",
    text: `export function nameOf(kind: "all" | "last"): string {
  switch (kind) {
    case "all":
      return "all"
  }
  return ""
}
`,
  },
  "typescript(consistent-type-imports)": {
    path: "packages/core/src/type-import.ts",
    text: `import { Kind } from "./kind.ts"\nexport const kind: Kind = "all"\n`,
  },
  "import(no-default-export)": {
    path: "packages/core/src/default-export.ts",
    text: `export default 1\n`,
  },
  "eslint(no-console)": {
    path: "packages/io/src/console.ts",
    text: `console.log("here")\n`,
  },
}

const prohibited: Readonly<Record<string, string>> = {
  "packages/core/src/clock.ts": `export const now = (): number => Date.now()\n`,
  "packages/core/src/dice.ts": `export const dice = (): number => Math.random()\n`,
  "packages/assets/src/performs.ts": `import { write } from "@freshet/io"\nwrite()\n`,
  "packages/assets/src/reaches.ts": `import { write } from "../../io/src/index.ts"\nwrite()\n`,
  "packages/io/src/environment.ts": `export const home = process.env["HOME"]\n`,
  "packages/io/src/imported-environment.ts": `import { env } from "node:process"\nexport const home = env["HOME"]\n`,
  "packages/io/src/postgres/environment.ts": `export const home = process.env["HOME"]\n`,
  "apps/materializer/src/main.ts": `export const home = process.env["HOME"]\n`,
}

const permitted: Readonly<Record<string, string>> = {
  "packages/core/src/right.ts": `import { left } from "./left.ts"\nexport const right = (): number => left()\n`,
  "packages/core/src/type-right.ts": `import type { Left } from "./type-left.ts"\nexport interface Right {\n  readonly left: Left | undefined\n}\n`,
  "packages/core/src/kind.ts": `export type Kind = "all" | "last"\n`,
  "packages/core/src/sixty-lines.ts": `export function long(lines: number[]): void {\n  // why\n\n${"  lines.push(1)\n".repeat(58)}}\n`,
  "packages/core/test/first.test.ts": `import { expectTypeOf, test } from "vitest"
test("a type is compared", () => {
  expectTypeOf([1][0]!).toEqualTypeOf<number>()
})
`,
  "packages/io/src/index.ts": `export const write = (): number => Date.now()\n`,
  "packages/embedded-postgres/src/alive.ts": `export const isAlive = (pid: number): boolean => process.kill(pid, 0)\n`,
  "packages/services/src/config.ts": `export const home = process.env["HOME"]\n`,
  "freshet.config.ts": `export default {}\n`,
}

interface Finding {
  readonly code: string
  readonly filename: string
}

const findings = lint()

test.each(Object.entries(violations))("%s is reported", (code, { path }) => {
  expect(findings).toContainEqual({ code: code.trim(), filename: path })
})

test.each(Object.keys(prohibited))("%s is reported", (path) => {
  const codes = findings.filter(({ filename }) => filename === path).map(({ code }) => code)
  expect(codes).toContainEqual(expect.stringContaining("eslint(no-restricted"))
})

test.each(Object.keys(permitted))("%s is not reported", (path) => {
  const codes = findings.filter(({ filename }) => filename === path).map(({ code }) => code)
  expect(codes.filter((code) => code !== "import(no-cycle)")).toEqual([])
})

function lint(): Finding[] {
  const violating = Object.values(violations).map(({ path, text }) => [path, text] as const)
  const files = { ...Object.fromEntries(violating), ...prohibited, ...permitted }
  const { output } = runTool(files, "oxlint", "--format=json")
  // oxlint's JSON report.
  const { diagnostics } = JSON.parse(output) as { diagnostics: Finding[] }
  return diagnostics.map(({ code, filename }) => ({ code, filename }))
}
