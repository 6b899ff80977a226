import { execFile } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs"
import { writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

import { afterAll, beforeAll, expect, test } from "vitest"

const checkout = fileURLToPath(new URL("../../../../", import.meta.url))
let workspace: string

/** A workspace with a configuration of its own, over the real program. */
beforeAll(() => {
  workspace = realpathSync(mkdtempSync(join(tmpdir(), "freshet mistakes ")))
  const app = "apps/materializer"
  cpSync(join(checkout, app, "bin"), join(workspace, app, "bin"), { recursive: true })
  for (const path of [`${app}/src`, `${app}/node_modules`, "packages"])
    symlinkSync(join(checkout, path), join(workspace, path))
  write(`${app}/package.json`, `{ "type": "module" }`)
  for (const name of ["core", "schema", "services"])
    link(`node_modules/@freshet/${name}`, `packages/${name}`)
  link("node_modules/drizzle-orm", "packages/schema/node_modules/drizzle-orm")
  link("node_modules/@types/node", `${app}/node_modules/@types/node`)
  write("freshet.config.ts", config)
})

afterAll(() => {
  rmSync(workspace, { recursive: true, force: true })
})

const config = `import { defineConfig } from "@freshet/services/config"
import * as orders from "./own/orders.ts"

export default defineConfig({ assets: [orders] })
`

const declaration = (
  partitions: string,
) => `import { daily, int64, sourceAsset } from "@freshet/core"

interface Options { readonly start: string }

const partitions = ${partitions}

export const orders = sourceAsset({
  group: "shop",
  name: "orders",
  description: "Orders.",
  partitions,
  columns: { id: int64("Number.") },
  format: { kind: "json_lines" },
  path: "orders/{partition}.json",
})
`

/** Declares the source and an asset that code computes, with one option changed. */
function declareCode({
  name = "code",
  version = `version: "1",`,
  columns = `{ id: int64("Number.") }`,
  row = "{ id: 1n }",
  more = "",
}): string {
  return `${declaration(`daily({ start: "2026-01-01" })`)}
import { codeAsset, unique } from "@freshet/core"

export const code = {
  ...codeAsset({
    group: "shop",
    name: "${name}",
    description: "Rows of code.",
    ${version}
    partitions,
    columns: ${columns},
    upstream: { orders },
    async *compute() {
      yield ${row}
    },
  }${version === "" ? " as never" : ""}),
  checks: [] as unknown[],
}
${more}
`
}

test.each([
  [
    "a misspelt time zone",
    declaration(`daily({ start: "2026-01-01", zone: "Europa/Berlin" })`),
    'own/orders.ts:5:20: "Europa/Berlin" is not a time zone: write its IANA name, as in Europe/London',
  ],
  [
    "a wrong start date",
    declaration(`daily({ start: "2026-02-30" })`),
    'own/orders.ts:5:20: "2026-02-30" is not a day: write it as YYYY-MM-DD',
  ],
  [
    "an exception",
    declaration(`daily((undefined as unknown as { shop: Options }).shop)`),
    "own/orders.ts:5:70: Cannot read properties of undefined (reading 'shop')",
  ],
  [
    "an exception inside Freshet",
    declaration(`daily(undefined as unknown as Options)`),
    "own/orders.ts:5:20: Cannot read properties of undefined (reading 'zone')",
  ],
  [
    "a syntax error",
    declaration(`daily({ start: "2026-01-01"`),
    'own/orders.ts:7:1: Expected "}" but found "export"',
  ],
  [
    "a misspelt import",
    `import "./prices.ts"\n${declaration(`daily({ start: "2026-01-01" })`)}`,
    'own/orders.ts:1:8: Could not resolve "./prices.ts"',
  ],
  [
    "a package that is not installed",
    `import { load } from "loader"\nload()\n${declaration(`daily({ start: "2026-01-01" })`)}`,
    'own/orders.ts:1:22: Could not resolve "loader"',
  ],
  [
    "a missing group",
    declaration(`daily({ start: "2026-01-01" })`).replace(`group: "shop"`, `grup: "shop"`),
    "`orders` has no group.",
  ],
  [
    "missing columns",
    declaration(`daily({ start: "2026-01-01" })`).replace("columns:", "colums:"),
    "`orders` has no columns.",
  ],
  [
    "a path without a partition",
    declaration(`daily({ start: "2026-01-01" })`).replace("{partition}", "all"),
    "The path orders/all.json of `orders` does not name a partition.",
  ],
  [
    "a missing version",
    declareCode({ version: "" }),
    "`code` has no version.\n" +
      '  Write version: "1", and change it when the results of the code change: Freshet does not compare code.',
  ],
  [
    "two assets of one name",
    declareCode({ more: `export const again = { ...code }` }),
    "Two assets are named `code`.",
  ],
  [
    "a name with capital letters",
    declareCode({ name: "Code" }),
    "`Code` in `Code` is not a valid name of an asset or a column.",
  ],
  [
    "a check of a column that does not exist",
    declareCode({ more: `code.checks.push(unique("ids" as never))` }),
    "The check `unique(ids)` of `code` names the column `ids`, which does not exist.\n" +
      "  Did you mean `id`?",
  ],
])("%s in an asset file is exit 2 with file, line and one sentence", async (_, text, said) => {
  write("own/orders.ts", text)
  await expectMistake(said)
})

test.each([
  [
    "an exception",
    `${config}\nconst settings: { assets?: string[] } = {}\nsettings.assets!.pop()\n`,
    "freshet.config.ts:7:18: Cannot read properties of undefined (reading 'pop')",
  ],
  ["something thrown that is no error", `throw "no access"\n`, "freshet.config.ts: no access"],
  [
    "a syntax error",
    config.replace("})", "}"),
    'freshet.config.ts:5:1: Expected ")" but found end of file',
  ],
  [
    "something that is not an asset",
    config.replace("[orders]", "[orders, undefined]"),
    "assets[1] in freshet.config.ts is not an asset.",
  ],
  [
    "a misspelt setting",
    config.replace("{ assets", `{ memoryMB: 512, assets`),
    "memoryMB in freshet.config.ts is not a setting.",
  ],
  [
    "no default export",
    config.replace("export default", "export const settings ="),
    "freshet.config.ts has no default export with settings.",
  ],
  [
    "assets that are no list",
    config.replace("[orders]", "orders"),
    "assets in freshet.config.ts must be a list.",
  ],
  [
    "a setting out of range",
    config.replace("{ assets", "{ concurrency: 99, assets"),
    "concurrency in freshet.config.ts must be at most 16.",
  ],
])("%s in the configuration is exit 2 with its place and one sentence", async (_, text, said) => {
  write("own/orders.ts", declaration(`daily({ start: "2026-01-01" })`))
  write("freshet.config.ts", text)
  await expectMistake(said)
  write("freshet.config.ts", config)
})

test("a folder without a project is one sentence with the command that creates one", async () => {
  for (const words of [["status"], ["materialize"], ["gc"]]) {
    const { code, stdout, stderr } = await freshet(...words, { cwd: tmpdir() })
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: "",
      stderr:
        "error: There is no freshet.config.ts in this folder or above it.\n" +
        "  `freshet init` creates a project; FRESHET_PROJECT names the folder of another one.\n",
    })
  }
  expect(await freshet("--help", { cwd: tmpdir() })).toMatchObject({ code: 0, stderr: "" })
})

test("a syntax error in the configuration does not matter to help", async () => {
  write("freshet.config.ts", "export default {")
  expect(await freshet("--help")).toMatchObject({ code: 0, stderr: "" })
  write("freshet.config.ts", config)
})

test("paths of the environment are relative to the working folder, those of the configuration to its own", async () => {
  write("freshet.config.ts", config.replace("{ assets", `{ landing: "in", assets`))
  write("own/orders.ts", declaration(`daily({ start: "2026-01-01" })`))
  const findLanding = async (variables: Readonly<Record<string, string>>) => {
    const env = { FRESHET_HOME: join(workspace, "state"), ...variables }
    const { stdout, stderr } = await freshet("doctor", { cwd: join(workspace, "own"), env })
    return `${stdout}${stderr}`
  }
  expect(await findLanding({})).toContain(join(workspace, "in"))
  expect(await findLanding({ FRESHET_LANDING: "in" })).toContain(join(workspace, "own/in"))
  write("freshet.config.ts", config)
})

/** The mistakes that the compiler reports, each in a file of its own, and the sentence in the first line. */
const compilerMistakes: Readonly<Record<string, readonly [code: string, sentence: string]>> = {
  "a value of another type in compute": [
    declareCode({ row: "{ id: 1 }" }),
    "id is bigint and compute yields number",
  ],
  "a misspelt column in compute": [
    declareCode({ row: "{ ids: 1n }" }),
    "id is not in the rows that compute yields",
  ],
  "null in compute": [
    declareCode({ row: "{ id: Math.random() > 1 ? null : 1n }" }),
    "id is bigint and compute yields bigint or null",
  ],
  "a column that the published table does not have": [
    declarePublished(`{ id: int64(), note: text() }`),
    "note is not in the published table",
  ],
  "a column of another type than in the published table": [
    declarePublished(`{ id: text() }`),
    "id is text in the asset and bigint in the published table",
  ],
  "a column that may be null in the asset alone": [
    declarePublished(`{ id: nullable(int64()) }`),
    "id is bigint or null in the asset and bigint in the published table",
  ],
  "a column that the published table requires": [
    declarePublished(`{}`),
    'readonly id: "the published table requires this column"',
  ],
  "a column that a check misspells": [
    declarePublished(`{ id: int64() }`, `checks: [unique("ids")],`),
    `'Check<"ids">' is not assignable to type 'Check<"id">'`,
  ],
}

function declarePublished(columns: string, options = ""): string {
  return `import { int64, nullable, publishTo, sql, sqlAsset, text, unique } from "@freshet/core"
import { bigint, pgTable } from "drizzle-orm/pg-core"

export const used = [nullable, text, unique]
const table = pgTable("published", { id: bigint({ mode: "bigint" }).primaryKey() })
export const published = sqlAsset({
  group: "shop",
  name: "published",
  description: "Published rows.",
  columns: ${columns},
  query: sql\`select 1 as id\`,
  publish: publishTo(table, { set: "shop" }),
  ${options}
})
`
}

test("the first line of a compile error names the column in English", async () => {
  const mistakes = Object.entries(compilerMistakes)
  for (const [index, [, [code]]] of mistakes.entries()) write(`compiled/${index}.ts`, code)
  const template = join(checkout, "apps/materializer/templates/project/tsconfig.json")
  write("tsconfig.json", JSON.stringify({ extends: template, include: ["compiled"] }))
  const compiler = join(checkout, "node_modules/typescript/bin/tsc")
  const { stdout } = await run([compiler, "--noEmit", "--types", "node"])
  const lines = stdout.split("\n").filter((line) => line.startsWith("compiled/"))
  for (const [index, [name, [, sentence]]] of mistakes.entries()) {
    const [first = "no error"] = lines.filter((line) => line.startsWith(`compiled/${index}.ts`))
    const findings = { namesColumn: first.includes(sentence), isShort: first.length < 420 }
    expect({ name, first, ...findings }).toEqual({ name, first, namesColumn: true, isShort: true })
  }
})

test("an asset whose file the configuration does not import is named with the import", async () => {
  write("own/orders.ts", declaration(`daily({ start: "2026-01-01" })`))
  write(
    "own/sales.ts",
    `import { sqlAsset } from "@freshet/core"\nsqlAsset({ name: "daily_sales" })\n`,
  )
  const hint =
    'own/sales.ts declares it, but the configuration does not import this file: add import("./own/sales.ts") to assets in freshet.config.ts.'
  for (const words of [
    ["why", "daily_sales"],
    ["sql", "select * from daily_sales"],
  ]) {
    const { code, stderr } = await freshet(...words)
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `error: No asset is named \`daily_sales\`.\n  ${hint}\n`,
    })
  }
})

async function expectMistake(said: string): Promise<void> {
  const { code, stdout, stderr } = await freshet("status")
  const lines = said.split("\n").length
  const first = stderr.split("\n").slice(0, lines).join("\n")
  expect({ code, stdout, first }).toEqual({ code: 2, stdout: "", first: `error: ${said}` })
  expect(stderr).not.toContain("fault in Freshet")
}

interface Place {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
}

async function freshet(...parts: readonly (string | Place)[]) {
  const program = join(workspace, "apps/materializer/bin/freshet.js")
  const words = parts.filter((part) => typeof part === "string")
  return run(
    [program, ...words],
    parts.find((part) => typeof part !== "string"),
  )
}

/** Runs a program of Node in the workspace. */
async function run(words: readonly string[], { cwd = workspace, env = {} }: Partial<Place> = {}) {
  const variables = { ...process.env, NO_COLOR: "1", ...env }
  try {
    return {
      code: 0,
      ...(await promisify(execFile)(process.execPath, [...words], { cwd, env: variables })),
    }
  } catch (error) {
    // execFile rejects with these three when the program ends with another code than 0.
    return error as { code: number; stdout: string; stderr: string }
  }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(workspace, path)), { recursive: true })
  writeFileSync(join(workspace, path), text)
}

function link(path: string, target: string): void {
  mkdirSync(dirname(join(workspace, path)), { recursive: true })
  symlinkSync(join(checkout, target), join(workspace, path))
}
