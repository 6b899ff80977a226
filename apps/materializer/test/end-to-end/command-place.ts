import { spawn } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

import { expect } from "vitest"

const launcher = fileURLToPath(new URL("../../bin/freshet.js", import.meta.url))

/** What one command did. */
export interface CommandResult {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** A state folder and a landing zone of one's own. */
export interface CommandPlace {
  readonly home: string
  readonly landing: string
  /** Runs one command in them, as a person would. */
  readonly freshet: (...words: readonly string[]) => Promise<CommandResult>
  readonly spawn: (
    words: readonly string[],
    env?: Readonly<Record<string, string>>,
  ) => RunningCommand
  readonly remove: () => Promise<void>
}

/** A command under way. */
export interface RunningCommand {
  readonly kill: (signal: NodeJS.Signals) => void
  /** Resolves when standard error has said this. */
  readonly waitForText: (text: string) => Promise<void>
  readonly result: Promise<CommandResult>
}

export async function createCommandPlace(): Promise<CommandPlace> {
  const root = await mkdtemp(join(tmpdir(), "freshet-"))
  const [home, landing] = [join(root, "home"), join(root, "landing")]
  const baseEnvironment = {
    FRESHET_HOME: home,
    FRESHET_LANDING: landing,
    LANG: "C.UTF-8",
    NO_COLOR: "1",
  }
  const start: CommandPlace["spawn"] = (words, env = {}) => {
    const { DATABASE_URL: _url, LC_ALL: _locale, ...inherited } = process.env
    return startCommand(words, { ...inherited, ...baseEnvironment, ...env })
  }
  return {
    home,
    landing,
    spawn: start,
    freshet: (...words) => start(words).result,
    remove: () => rm(root, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 }),
  }
}

function startCommand(words: readonly string[], env: NodeJS.ProcessEnv): RunningCommand {
  const child = spawn(process.execPath, [launcher, ...words], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  })
  const written = { out: "", err: "" }
  child.stdout.setEncoding("utf8").on("data", (text: string) => (written.out += text))
  child.stderr.setEncoding("utf8").on("data", (text: string) => (written.err += text))
  const result = new Promise<CommandResult>((resolve) => {
    child.once("close", (code) => resolve({ code, ...written }))
  })
  return {
    result,
    kill: (signal) => child.kill(signal),
    waitForText: (text) =>
      new Promise((resolve, reject) => {
        const checkOutput = () => {
          if (written.err.includes(text)) resolve()
        }
        child.stderr.on("data", checkOutput)
        child.once("close", () =>
          reject(new Error(`it ended without saying "${text}": ${written.err}`)),
        )
        checkOutput()
      }),
  }
}

/** The command ended with this status; if not, what it said is shown. */
export function expectCode({ code, err }: CommandResult, expected: number): void {
  expect({ code, err: code === expected ? "" : err }).toEqual({ code: expected, err: "" })
}
