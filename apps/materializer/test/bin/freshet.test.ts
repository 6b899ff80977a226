import { execFile, spawn } from "node:child_process"
import { existsSync } from "node:fs"
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
  workspace = await mkdtemp(join(tmpdir(), "freshet launcher "))
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
  const before = await readdir(join(workspace, "apps/materializer/.build"))
  expect(await freshet()).toEqual({ code: 0, stdout: "one\n" })
  expect(await readdir(join(workspace, "apps/materializer/.build"))).toEqual(before)
})

test("a bundle with a file missing is made anew", async () => {
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

test("the configuration is loaded when asked for, and is undefined where there is no file", async () => {
  await write("apps/materializer/src/main.ts", main(`await launch.loadConfig()`))
  expect(await freshet()).toEqual({ code: 0, stdout: "undefined\n" })
  await write("freshet.config.ts", `const days: number = 7\nexport default { days }\n`)
  expect(await freshet()).toEqual({ code: 0, stdout: "{ days: 7 }\n" })
})

test("the supervisor is bundled as a program of its own", async () => {
  await write("packages/embedded-postgres/src/supervisor.ts", `console.log("supervisor" as string)`)
  await write("apps/materializer/src/main.ts", main(`(await import(launch.supervisorPath), "main")`))
  expect(await freshet()).toEqual({ code: 0, stdout: "supervisor\nmain\n" })
})

test("import.meta.url names the source, not the bundle", async () => {
  const source = join(workspace, "apps/materializer/src/main.ts")
  await write("apps/materializer/src/main.ts", main(`fileURLToPath(import.meta.url)`))
  expect(await freshet()).toEqual({ code: 0, stdout: `${source}\n` })
})

test("a package that is not bundled is loaded at its first use and not before", async () => {
  await write("packages/io/package.json", `{ "type": "module" }`)
  await write(
    "packages/io/src/table.ts",
    `import { Table } from "apache-arrow"
     export const kindOfTable = () => typeof Table`,
  )
  const packages = join(app, "../../packages/io/node_modules")
  await symlink(packages, join(workspace, "packages/io/node_modules"))
  await write(
    "apps/materializer/src/main.ts",
    `import { kindOfTable } from "../../../packages/io/src/table.ts"
     import { createRequire } from "node:module"
     const loaded = () =>
       Object.keys(createRequire(import.meta.url).cache).some((path) => path.includes("arrow"))
     export async function main(): Promise<number> {
       console.log(loaded(), kindOfTable(), loaded())
       return 0
     }`,
  )
  expect(await freshet()).toEqual({ code: 0, stdout: "false function true\n" })
})

test("a source that cannot be bundled is named", async () => {
  await write("apps/materializer/src/main.ts", "export const = 1")
  const { code, stderr } = await run()
  expect(code).toBe(1)
  expect(stderr).toContain("apps/materializer/src/main.ts:1:13")
})

function main(printed: string): string {
  return `import { fileURLToPath } from "node:url"
    export async function main(_argv: unknown, launch: any): Promise<number> {
      console.log(${printed})
      return 0
    }
    export const url = fileURLToPath`
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(workspace, path)), { recursive: true })
  await writeFile(join(workspace, path), text)
}

/** Starts commands until the sources are old enough to be trusted; gives the bundle's folder. */
async function settledBundle(): Promise<string> {
  const current = join(workspace, "apps/materializer/.build/current.json")
  for (;;) {
    await freshet()
    const text = await readFile(current, "utf8")
    if (text.includes("unsettled")) continue
    return join(dirname(current), JSON.parse(text).folder)
  }
}

async function freshet(...argv: string[]): Promise<{ code: number; stdout: string }> {
  const { code, stdout, stderr } = await run(...argv)
  expect(stderr).toBe("")
  return { code, stdout }
}

async function run(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [launcher(), ...argv])) }
  } catch (error) {
    // execFile rejects with these three when the program ends with another code than 0.
    return error as { code: number; stdout: string; stderr: string }
  }
}

function launcher(): string {
  return join(workspace, "apps/materializer/bin/freshet.js")
}
