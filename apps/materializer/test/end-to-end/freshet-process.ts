import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"

import { expect } from "vitest"

import { workspace } from "../../bin/bundle-command.js"
import { runInProcess, runsInProcess } from "./command-in-process.ts"
import type { CommandResult, CommandSettings } from "./command-settings.ts"

export type { CommandResult, CommandSettings } from "./command-settings.ts"

const launcher =
  process.env["FRESHET_TEST_LAUNCHER"] ??
  fileURLToPath(new URL("../../bin/freshet.js", import.meta.url))

/** A command under way. */
export interface RunningCommand {
  readonly pid: number
  readonly kill: (signal: NodeJS.Signals) => void
  /** Both streams together, as written so far. */
  readonly readOutput: () => string
  /** Resolves once the output satisfies the condition; fails if the command ends before. */
  readonly waitForOutput: (isReached: string | ((output: string) => boolean)) => Promise<void>
  readonly result: Promise<CommandResult>
}

/** Starts `freshet` as a process of its own, for the project of the workspace unless the settings name another one. */
export function startFreshet(
  { program = launcher, node = process.execPath, folder, environment }: CommandSettings,
  ...words: readonly string[]
): RunningCommand {
  const settings = { folder, environment: { FRESHET_PROJECT: workspace, ...environment } }
  return startProgram(settings, node, [program, ...words])
}

/** Runs `freshet` to its end, in this process if a process of its own would give the same result: that is faster. */
export function runFreshet(
  settings: CommandSettings,
  ...words: readonly string[]
): Promise<CommandResult> {
  if (runsInProcess(settings)) return runInProcess(settings, words)
  return startFreshet(settings, ...words).result
}

/** Runs `freshet --json` to its end, which must be a success, and returns its document. */
export async function readFreshetJson<T>(
  settings: CommandSettings,
  ...words: readonly string[]
): Promise<T> {
  const result = await runFreshet(settings, ...words, "--json")
  expectDone(result)
  return JSON.parse(result.stdout) as T // the command's documented answer
}

/** Runs commands of a shell one after the other; the first that fails ends them. */
export function runShell(
  { folder, environment }: CommandSettings,
  commands: string,
): Promise<CommandResult> {
  const shellEnvironment = { LANG: "C.UTF-8", npm_config_prefer_offline: "true", ...environment }
  return startProgram({ folder, environment: shellEnvironment }, "sh", ["-e", "-c", commands])
    .result
}

/** Asserts that a command succeeded; shows its output otherwise. */
export function expectDone({ code, signal, stdout, stderr }: CommandResult): void {
  if (code !== 0) expect(`${stdout}\n${stderr}\n${code ?? signal}`).toBe("exit status 0")
  expect(code).toBe(0)
}

/** Starts a program without the tester's environment variables. */
function startProgram(
  { folder, environment }: CommandSettings,
  program: string,
  words: readonly string[],
): RunningCommand {
  const startedAt = performance.now()
  const { PATH, HOME, TMPDIR } = process.env
  const child = spawn(program, words, {
    cwd: folder,
    env: { PATH, HOME, TMPDIR, NO_COLOR: "1", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  })
  const output = { stdout: "", stderr: "" }
  for (const stream of ["stdout", "stderr"] as const)
    child[stream].setEncoding("utf8").on("data", (text: string) => (output[stream] += text))
  const readOutput = () => output.stdout + output.stderr
  const result = new Promise<CommandResult>((resolve, reject) => {
    child.once("error", reject)
    child.once("close", (code, signal) =>
      resolve({ code, signal, ...output, ms: performance.now() - startedAt }),
    )
  })
  return {
    pid: child.pid ?? 0,
    kill: (signal) => void child.kill(signal),
    readOutput,
    waitForOutput: (condition) =>
      new Promise((resolve, reject) => {
        const isReached =
          typeof condition === "string" ? () => readOutput().includes(condition) : condition
        const check = () => isReached(readOutput()) && resolve()
        child.stdout.on("data", check)
        child.stderr.on("data", check)
        const fail = () => reject(new Error(`the command ended before: ${readOutput()}`))
        result.then(fail, fail)
        check()
      }),
    result,
  }
}
