import { dirname } from "node:path"

import type { CommandLine } from "./terminal/command-line.ts"
import { detectTerminalStyles } from "./terminal/detect-terminal-styles.ts"
import { exitCodes } from "./terminal/exit-code.ts"
import { createInterruption } from "./terminal/interruption.ts"
import {
  getCodeProgram,
  getSupervisorCommand,
  type Launch,
  loadProjectConfig,
  removeNoColor,
  splitNameFlag,
  type TargetNames,
} from "./terminal/launch.ts"
import { createOutput, exitOnClosedPipe } from "./terminal/output.ts"
import type { TerminalStyle } from "./terminal/terminal-style.ts"

/** Runs one command line and returns its exit code. */
export async function main(argv: readonly string[], launch: Launch): Promise<number> {
  const { process } = launch
  // The SDK of the object store otherwise prints a warning of several lines on Node 20.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true"
  const coloredWords = removeNoColor(argv)
  const styles = detectTerminalStyles(process, coloredWords.length < argv.length)
  const { words, name: environment } = splitNameFlag(coloredWords, "--env")
  const { words: args, name: profile } = splitNameFlag(words, "--profile")
  const cli = createCommandLine(launch, styles, { args, environment, profile })
  exitOnClosedPipe(process)
  if (args.length === 0 || (args.length === 1 && isHelp(args[0]))) {
    const { buildRootHelp } = await import("./terminal/build-root-help.ts")
    await cli.out.write(`${buildRootHelp(styles.out).join("\n")}\n`)
    return exitCodes.done
  }
  if (args.length === 1 && (args[0] === "--version" || args[0] === "version")) {
    const { describeVersion } = await import("./terminal/version.ts")
    const programFolder = dirname(launch.supervisorPath)
    await cli.out.write(`${describeVersion(programFolder, process.versions.node)}\n`)
    return exitCodes.done
  }
  const { runCommandLine } = await import("./terminal/routes.ts")
  await runCommandLine(cli)
  return toExitStatus(cli.process.exitCode)
}

function isHelp(word: string | undefined): boolean {
  return word === "--help" || word === "-h" || word === "help"
}

/** Converts the negative exit codes of the argument parser: two of them mean wrong usage, the others a fault. */
function toExitStatus(code: number | string | null | undefined): number {
  const status = Number(code ?? 0)
  if (status >= 0) return status
  return status === -4 || status === -5 ? exitCodes.usage : exitCodes.fault
}

/** The words of a command, and the names that its flags give. */
interface Words extends TargetNames {
  readonly args: readonly string[]
}

function createCommandLine(
  launch: Launch,
  styles: { readonly out: TerminalStyle; readonly err: TerminalStyle },
  { args, ...names }: Words,
): CommandLine {
  const { process } = launch
  const flag = createCommandFlag(names)
  const out = { ...createOutput(process.stdout, styles.out), ...flag }
  const err = { ...createOutput(process.stderr, styles.err), ...flag }
  const interruption = createInterruption(process, (text) => void err.write(text))
  const codeProgram = getCodeProgram(launch)
  const idleConnections = { connections: new Set<never>(), isKept: false }
  const isInteractive = process.stdin.isTTY && process.stdout.isTTY
  return {
    process: {
      stdout: { write: (text) => void out.write(text), ...createColorDepth(styles.out) },
      stderr: { write: (text) => void err.write(text) },
    },
    out,
    err,
    confirm: isInteractive ? (question) => askConfirmation(process, question) : undefined,
    loadConfig: () => loadProjectConfig(launch, names),
    createServices: async (config, listener) => {
      const { createServices } = await import("@freshet/services")
      return createServices(config, {
        ...listener,
        signal: interruption.signal,
        supervisorCommand: getSupervisorCommand(launch),
        codeProgram,
        idleConnections,
      })
    },
    nowMs: Date.now,
    interruption,
    debug: (process.env["FRESHET_DEBUG"] ?? "") !== "",
    versions: process.versions,
    args,
    environment: process.env,
    cwd: process.cwd(),
  }
}

/** Creates the flag that printed commands need. */
function createCommandFlag({ environment, profile }: TargetNames): { commandFlag?: string } {
  const flags = [
    ...(environment === undefined ? [] : [`--env ${environment}`]),
    ...(profile === undefined ? [] : [`--profile ${profile}`]),
  ]
  return flags.length === 0 ? {} : { commandFlag: flags.join(" ") }
}

function createColorDepth({ color }: TerminalStyle): { getColorDepth?: () => number } {
  return color ? { getColorDepth: () => 4 } : {}
}

async function askConfirmation(
  { stdin, stderr }: NodeJS.Process,
  question: string,
): Promise<boolean> {
  const { createInterface } = await import("node:readline/promises")
  const lines = createInterface({ input: stdin, output: stderr })
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim())
  } finally {
    lines.close()
  }
}
