import { execFile, spawn } from "node:child_process"
import { existsSync, realpathSync } from "node:fs"
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

import { afterEach, beforeEach, expect, test } from "vitest"

const app = fileURLToPath(new URL("../../", import.meta.url))

let workspace: string

beforeEach(async () => {
  workspace = realpathSync(await mkdtemp(join(tmpdir(), "freshet launcher ")))
  await cp(join(app, "bin"), join(workspace, "apps/materializer/bin"), { recursive: true })
  await symlink(join(app, "node_modules"), join(workspace, "apps/materializer/node_modules"))
  await write("apps/materializer/package.json", `{ "type": "module" }`)
  await write("apps/materializer/src/main.ts", main(`"one"`))
})

afterEach(async () => {
  await rm(workspace, { recursive: true, force: true })
})

test("a command gets its arguments, and its exit code is what main returns", async () => {
  await write(
    "apps/materializer/src/main.ts",
    `export async function main(argv: readonly string[]): Promise<number> {
       console.log(argv.join(" "))
       return 3
     }`,
  )
  expect(await freshet("status", "stocktwits")).toEqual({ code: 3, stdout: "status stocktwits\n" })
})

test("an edited source is seen by the next command", async () => {
  expect(await freshet()).toEqual({ code: 0, stdout: "one\n" })
  await write("apps/materializer/src/main.ts", main(`"two"`))
  expect(await freshet()).toEqual({ code: 0, stdout: "two\n" })
})

test("a current bundle is used as it is and nothing is written", async () => {
  await settledBundle()
  const buildFolder = join(workspace, "apps/materializer/.build")
  const builtFiles = await readdir(buildFolder, { recursive: true })
  expect(await freshet()).toEqual({ code: 0, stdout: "one\n" })
  expect(await readdir(buildFolder, { recursive: true })).toEqual(builtFiles)
})

test("an edited configuration leaves the bundle of Freshet as it is", async () => {
  await write("freshet.config.ts", "export default 1")
  await write("apps/materializer/src/main.ts", main(`(await import(launch.configPath)).default`))
  await settledBundle()
  const commandFolder = join(workspace, "apps/materializer/.build/command")
  const builtFiles = await readdir(commandFolder)
  await write("freshet.config.ts", "export default 2")
  expect(await freshet()).toEqual({ code: 0, stdout: "2\n" })
  expect(await readdir(commandFolder)).toEqual(builtFiles)
})

test("a bundle with a file missing is bundled again", async () => {
  const folder = await settledBundle()
  await rm(join(folder, "main.js"))
  expect(await freshet()).toEqual({ code: 0, stdout: "one\n" })
})

test("commands that start at once while there is no bundle all run", async () => {
  const all = await Promise.all([freshet(), freshet(), freshet(), freshet()])
  expect(all).toEqual(Array.from({ length: 4 }, () => ({ code: 0, stdout: "one\n" })))
})

test("a bundle is removed a day after it was replaced, not sooner", async () => {
  const replaced = await settledBundle()
  const old = join(dirname(replaced), "old")
  await mkdir(old)
  await utimes(old, 0, 0)
  await utimes(replaced, 0, 0)
  await write("apps/materializer/src/main.ts", main(`"two"`))
  expect(await freshet()).toEqual({ code: 0, stdout: "two\n" })
  expect(existsSync(replaced)).toBe(true)
  expect(existsSync(old)).toBe(false)
})

test("a command killed while it bundles harms no later one", async () => {
  for (const afterMs of [60, 90, 120, 150]) {
    const child = spawn(process.execPath, [launcher()])
    const timer = setTimeout(() => child.kill("SIGKILL"), afterMs)
    await new Promise((resolve) => child.once("exit", resolve))
    clearTimeout(timer)
  }
  expect(await freshet()).toEqual({ code: 0, stdout: "one\n" })
})

test("the configuration is bundled apart from Freshet, if there is a file", async () => {
  await write(
    "apps/materializer/src/main.ts",
    main(`launch.projectFolder && (await import(launch.configPath)).default`),
  )
  expect(await freshet()).toEqual({ code: 0, stdout: "undefined\n" })
  await write("freshet.config.ts", `const days: number = 7\nexport default { days }\n`)
  expect(await freshet()).toEqual({ code: 0, stdout: "{ days: 7 }\n" })
})

test("the configuration is searched upward from the working folder, or from FRESHET_PROJECT", async () => {
  await write(
    "apps/materializer/src/main.ts",
    main(`[launch.projectFolder, (await import(launch.configPath)).default].join(" ")`),
  )
  await write("shop/freshet.config.mjs", `export default "shop"`)
  await write("shop/assets/orders.ts", "")
  await write("bank/freshet.config.js", `export default "bank"`)
  const runIn = async (folder: string, env: Readonly<Record<string, string>> = {}) => {
    const options = { cwd: join(workspace, folder), env: { ...process.env, ...env } }
    const { stdout } = await promisify(execFile)(process.execPath, [launcher()], options)
    return stdout.trim()
  }
  expect(await runIn("shop/assets")).toBe(`${join(workspace, "shop")} shop`)
  expect(await runIn("bank")).toBe(`${join(workspace, "bank")} bank`)
  expect(await runIn("bank", { FRESHET_PROJECT: "../shop" })).toBe(
    `${join(workspace, "shop")} shop`,
  )
})

test("installed packages stay where they are, so that they may read files beside them", async () => {
  await write("apps/materializer/src/main.ts", main(`(await import(launch.configPath)).default`))
  await write("node_modules/sizes/package.json", `{ "type": "module", "exports": "./size.js" }`)
  await write(
    "node_modules/sizes/size.js",
    `import { readFileSync } from "node:fs"
     export default JSON.parse(readFileSync(new URL("size.json", import.meta.url), "utf8"))`,
  )
  await write("node_modules/sizes/size.json", "12")
  await write("freshet.config.ts", `import size from "sizes"\nexport default size as number`)
  expect(await freshet()).toEqual({ code: 0, stdout: "12\n" })
})

test("the supervisor is bundled as a program of its own", async () => {
  await write("packages/embedded-postgres/src/supervisor.ts", `console.log("supervisor" as string)`)
  await write(
    "apps/materializer/src/main.ts",
    main(`(await import(launch.supervisorPath), "main")`),
  )
  expect(await freshet()).toEqual({ code: 0, stdout: "supervisor\nmain\n" })
})

test("a source that cannot be bundled is named", async () => {
  await write("apps/materializer/src/main.ts", "export const = 1")
  const { code, stderr } = await run()
  expect(code).toBe(2)
  expect(stderr).toBe(
    'error: apps/materializer/src/main.ts:1:14: Expected identifier but found "="\n',
  )
})

test("a build folder that cannot be written is named", async () => {
  await write("apps/materializer/.build", "")
  const { code, stderr } = await run()
  expect(code).toBe(2)
  expect(stderr).toContain("error: Sources changed, but the bundle cannot be written: ")
  expect(stderr.split("\n")).toHaveLength(3)
})

test("a workspace that is not set up is named", async () => {
  await rm(join(workspace, "apps/materializer/node_modules"))
  const { code, stderr } = await run()
  expect(code).toBe(2)
  expect(stderr).toContain("error: Freshet is not set up: ")
})

test("the script of the workspace runs from any folder", async () => {
  const script = join(app, "../../freshet")
  const { stdout } = await promisify(execFile)(script, ["--version"], { cwd: tmpdir() })
  expect(stdout).toMatch(
    /^freshet \d+\.\d+\.\d+ (?:\(commit [0-9a-f]{12}\) )?on Node \d+\.\d+\.\d+\n$/,
  )
})

function main(printed: string): string {
  return `export async function main(_argv: unknown, launch: any): Promise<number> {
      console.log(${printed})
      return 0
    }`
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(workspace, path)), { recursive: true })
  await writeFile(join(workspace, path), text)
}

/** Starts commands until the sources are old enough to be trusted; returns the folder of the command's bundle. */
async function settledBundle(): Promise<string> {
  const buildFolder = join(workspace, "apps/materializer/.build/command")
  for (;;) {
    await freshet()
    const text = await readFile(join(buildFolder, "bundle.json"), "utf8")
    if (!text.includes("unsettled")) return join(buildFolder, JSON.parse(text).name)
  }
}

async function freshet(...argv: string[]): Promise<{ code: number; stdout: string }> {
  const { code, stdout, stderr } = await run(...argv)
  expect(stderr).toBe("")
  return { code, stdout }
}

async function run(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  try {
    const options = { cwd: workspace }
    return {
      code: 0,
      ...(await promisify(execFile)(process.execPath, [launcher(), ...argv], options)),
    }
  } catch (error) {
    // execFile rejects with these three when the program ends with another code than 0.
    return error as { code: number; stdout: string; stderr: string }
  }
}

function launcher(): string {
  return join(workspace, "apps/materializer/bin/freshet.js")
}
