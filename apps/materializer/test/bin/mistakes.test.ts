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
  for (const name of ["core", "services"]) link(`node_modules/@freshet/${name}`, `packages/${name}`)
  write("freshet.config.ts", config)
})

afterAll(() => {
  rmSync(workspace, { recursive: true, force: true })
})

const config = `import { defineConfig } from "@freshet/services/config"
import { orders } from "./own/orders.ts"

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

async function expectMistake(said: string): Promise<void> {
  const { code, stdout, stderr } = await freshet("status")
  const [first, ...more] = stderr.split("\n")
  expect({ code, stdout, first }).toEqual({ code: 2, stdout: "", first: `error: ${said}` })
  expect(more.join("\n")).not.toContain("fault in Freshet")
}

interface Place {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
}

async function freshet(...parts: readonly (string | Place)[]) {
  const program = join(workspace, "apps/materializer/bin/freshet.js")
  const words = parts.filter((part) => typeof part === "string")
  const { cwd = workspace, env: variables = {} } =
    parts.find((part) => typeof part !== "string") ?? {}
  const env = { ...process.env, NO_COLOR: "1", ...variables }
  try {
    return {
      code: 0,
      ...(await promisify(execFile)(process.execPath, [program, ...words], { cwd, env })),
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
