import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"

const launcher =
  process.env["FRESHET_TEST_LAUNCHER"] ??
  fileURLToPath(new URL("../../bin/freshet.js", import.meta.url))

/** Where a command works: its current folder, and the environment variables set for it. */
export interface CommandSettings {
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  /** The program to run; without one, the launcher of the workspace. */
  readonly program?: string
}

/** How a command ended. */
export interface CommandResult {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  readonly ms: number
}

/** A command under way. */
export interface RunningCommand {
  readonly pid: number
  readonly kill: (signal: NodeJS.Signals) => void
  /** What it has written so far, both streams together. */
  readonly readOutput: () => string
  readonly result: Promise<CommandResult>
}

/** Starts `freshet` as a process of its own, as a person would. */
export function startFreshet(
  { folder, environment, program = launcher }: CommandSettings,
  ...words: readonly string[]
): RunningCommand {
  const startedAt = performance.now()
  const child = spawn(process.execPath, [program, ...words], {
    cwd: folder,
    env: { ...createBareEnvironment(), ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  })
  let [stdout, stderr] = ["", ""]
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text))
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text))
  const result = new Promise<CommandResult>((resolve, reject) => {
    child.once("error", reject)
    child.once("close", (code, signal) =>
      resolve({ code, signal, stdout, stderr, ms: performance.now() - startedAt }),
    )
  })
  return {
    pid: child.pid ?? 0,
    kill: (signal) => void child.kill(signal),
    readOutput: () => stdout + stderr,
    result,
  }
}

/** Runs `freshet` to its end. */
export function runFreshet(
  settings: CommandSettings,
  ...words: readonly string[]
): Promise<CommandResult> {
  return startFreshet(settings, ...words).result
}

/** Nothing of the environment of whoever runs the tests decides how a command behaves. */
function createBareEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env
  return { PATH, HOME, TMPDIR, NO_COLOR: "1" }
}
