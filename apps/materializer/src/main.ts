import { createInterface } from "node:readline/promises"
import { fileURLToPath } from "node:url"
import { setFlagsFromString } from "node:v8"

import { run } from "@stricli/core"

import type { CommandLine, Output } from "./commands/command-line.ts"
import { exitCodes } from "./commands/exit-code.ts"
import { interruptionOf } from "./commands/interruption.ts"
import { openWorld } from "./commands/open-world.ts"
import type { Config, FreshetConfig, Settings } from "./config.ts"
import { looksOf } from "./look-of-process.ts"
import type { Look } from "./render/look.ts"

/** What the launcher gives: the way to the configuration, the programs of the keeper and of the second thread that looks into the landing zone, and the process itself. */
export interface Launch {
  readonly loadConfig: () => Promise<unknown>
  /** What the configuration says besides its assets, where nothing but an edit can change that and what they are; then no others have the same name. */
  readonly known?: { readonly declarations: string; readonly settings: object } | undefined
  readonly keeperPath: string
  readonly helperPath: string
  readonly process: NodeJS.Process
}

/**
 * A command lives for about a second, in which most of what Node would compile to fast code never pays for that: a
 * function has to run seven times as long as usual first. What runs for longer does not notice.
 */
setFlagsFromString("--interrupt-budget=1000000")

const workspace = fileURLToPath(new URL("../../..", import.meta.url))

/** Runs one command line and gives its exit status. */
export async function main(argv: readonly string[], launch: Launch): Promise<number> {
  const { process } = launch
  const words = argv.filter((word, index) => !isNoColor(word, argv.slice(0, index)))
  const looks = looksOf(process, words.length < argv.length)
  const cli = commandLine(launch, looks)
  quitQuietly(process)
  if (words.length === 0 || (words.length === 1 && isHelp(words[0]))) {
    const { rootHelpLines } = await import("./commands/root-help-lines.ts")
    await cli.out.write(`${rootHelpLines(looks.out).join("\n")}\n`)
    return exitCodes.done
  }
  if (words.length === 1 && (words[0] === "--version" || words[0] === "version")) {
    await cli.out.write(`freshet on Node ${process.versions.node}\n`)
    return exitCodes.done
  }
  const { application } = await import("./commands/routes.ts")
  await run(application, words, cli)
  return exitStatus(cli.process.exitCode)
}

/** `--no-color` may stand anywhere before a `--`. */
function isNoColor(word: string, before: readonly string[]): boolean {
  return word === "--no-color" && !before.includes("--")
}

function isHelp(word: string | undefined): boolean {
  return word === "--help" || word === "-h" || word === "help"
}

/** The parser's own codes are negative: all but its bugs mean wrong usage. */
function exitStatus(code: number | string | null | undefined): number {
  const given = Number(code ?? 0)
  if (given >= 0) return given
  return given === -4 || given === -5 ? exitCodes.usage : exitCodes.fault
}

function commandLine(
  { loadConfig, known, keeperPath, helperPath, process }: Launch,
  looks: { readonly out: Look; readonly err: Look },
): CommandLine {
  const out = output(process.stdout, looks.out)
  const err = output(process.stderr, looks.err)
  const canAsk = process.stdin.isTTY && process.stdout.isTTY
  return {
    process: {
      stdout: { write: (text) => void out.write(text), ...colorDepth(looks.out) },
      stderr: { write: (text) => void err.write(text) },
    },
    out,
    err,
    ask: canAsk ? (question) => ask(process, question) : undefined,
    loadConfig: () => wholeConfig(loadConfig, process.env),
    known: known && {
      declarations: known.declarations,
      settings: () => knownSettings(known.settings, process.env),
    },
    world: openWorld([process.execPath, keeperPath], helperPath),
    nowMs: Date.now,
    interruption: interruptionOf(process, (text) => void err.write(text)),
    debug: (process.env["FRESHET_DEBUG"] ?? "") !== "",
    versions: process.versions,
    cwd: process.cwd(),
  }
}

function colorDepth({ color }: Look): { getColorDepth?: () => number } {
  return color ? { getColorDepth: () => 4 } : {}
}

function output(stream: NodeJS.WriteStream, look: Look): Output {
  return {
    isTerminal: stream.isTTY,
    look,
    write: (chunk) =>
      new Promise((resolve) => {
        if (stream.write(chunk)) resolve()
        else stream.once("drain", resolve)
      }),
  }
}

/** Who reads a pipe may stop reading, as `head` does: then there is nothing left to say. */
function quitQuietly(process: NodeJS.Process): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      process.exit(error.code === "EPIPE" ? exitCodes.done : exitCodes.fault)
    })
}

async function ask({ stdin, stderr }: NodeJS.Process, question: string): Promise<boolean> {
  const lines = createInterface({ input: stdin, output: stderr })
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim())
  } finally {
    lines.close()
  }
}

async function knownSettings(given: object, environment: NodeJS.ProcessEnv): Promise<Settings> {
  const { resolveSettings } = await import("./config.ts")
  return resolveSettings(given, workspace, environment)
}

/** Paths in the configuration are relative to the workspace, wherever the command is run. */
async function wholeConfig(
  loadConfig: () => Promise<unknown>,
  environment: NodeJS.ProcessEnv,
): Promise<Config> {
  const { resolveConfig } = await import("./config.ts")
  const file = (await loadConfig()) as FreshetConfig | undefined // the file's default export, which `defineConfig` typed
  return resolveConfig(file, workspace, environment)
}
