import type { Config, Services } from "@freshet/services"
import type { CommandContext } from "@stricli/core"

import type { Interruption } from "./interruption.ts"
import type { TerminalStyle } from "./terminal-style.ts"

/** The environment of a command: its streams, the configuration, and the services. */
export interface CommandLine extends CommandContext {
  readonly process: CommandContext["process"] & { exitCode?: number | string | null }
  /** Standard output, for data. */
  readonly out: Output
  /** Standard error, for everything else. */
  readonly err: Output
  /** Asks a person; undefined without a terminal. */
  readonly confirm: ((question: string) => Promise<boolean>) | undefined
  readonly loadConfig: () => Promise<Config>
  readonly createServices: (
    config: Config,
    listener: Pick<Services, "emit" | "watchesSteps"> & { readonly nowMs?: () => number },
  ) => Promise<Services>
  readonly nowMs: () => number
  readonly interruption: Interruption
  /** True when errors are printed with their stack. */
  readonly debug: boolean
  readonly versions: { readonly node: string }
  /** The words after the program's name. */
  readonly args: readonly string[]
  /** The environment of programs that a command starts. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The working directory, to which typed paths are relative. */
  readonly cwd: string
}

/** One of the two output streams. */
export interface Output {
  readonly isTerminal: boolean
  readonly style: TerminalStyle
  /** Resolves when the stream accepts more, so that a slow reader limits the writer. */
  readonly write: (chunk: string | Uint8Array) => Promise<void>
  /** The flags that printed commands need: `--env pr-42`, `--demo`. */
  readonly commandFlag?: string
}

/** Prints lines for a person, and adds the flag of the output to commands in them. */
export async function printLines(output: Output, lines: readonly string[]): Promise<void> {
  const { commandFlag } = output
  if (commandFlag === undefined) return printData(output, lines)
  const flaggedLines = lines.map((line) =>
    line.replaceAll(/`(freshet [^`]+)`/g, (_, command) => `\`${addCommandFlag(output, command)}\``),
  )
  return printData(output, flaggedLines)
}

/** Commands that only the default environment accepts: it has the schedules, and the garbage of all environments. */
const defaultEnvironmentCommand = /^freshet (gc|schedule (pause|resume|tick)|serve)\b/

/** Adds the flag of the output to a command. */
export function addCommandFlag({ commandFlag = "" }: Output, command: string): string {
  const flag = defaultEnvironmentCommand.test(command)
    ? commandFlag.replace(/--env \S+ ?/, "")
    : commandFlag
  return `${command} ${flag}`.trimEnd()
}

/** Prints lines of data unchanged. */
export async function printData(output: Output, lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await output.write(`${lines.join("\n")}\n`)
}

/** Selects the data of the demo. */
const demoFlag = "--demo"

function addDemoFlag({ commandFlag }: Output): string {
  return commandFlag === undefined ? demoFlag : `${commandFlag} ${demoFlag}`
}

/** Derives the command line of the demo. */
export function toDemoCommandLine(cli: CommandLine): CommandLine {
  const toDemoOutput = (output: Output): Output => ({
    ...output,
    commandFlag: addDemoFlag(output),
  })
  return {
    ...cli,
    out: toDemoOutput(cli.out),
    err: toDemoOutput(cli.err),
    loadConfig: async () => {
      const { toDemoConfig } = await import("@freshet/services")
      return toDemoConfig(await cli.loadConfig())
    },
  }
}

/** The version of printed documents and events; another shape is another version. */
export const schemaVersion = 3

/** Prints one JSON document; whole numbers beyond 2^53 become text. */
export async function printJson(output: Output, document: object): Promise<void> {
  const text = JSON.stringify({ schema_version: schemaVersion, ...document }, toJsonValue, 2)
  await output.write(`${text}\n`)
}

/** Converts the values that JSON lacks: big whole numbers, maps and sets. */
export function toJsonValue(_key: string, value: unknown): unknown {
  if (typeof value === "bigint")
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER
      ? Number(value)
      : value.toString()
  if (value instanceof Map) return Object.fromEntries(value)
  return value instanceof Set ? [...value] : value
}
