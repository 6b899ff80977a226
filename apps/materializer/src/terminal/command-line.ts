import type { Config, Services } from "@freshet/services"
import type { CommandContext } from "@stricli/core"

import type { Interruption } from "./interruption.ts"
import type { TerminalStyle } from "./terminal-style.ts"

/** Everything a command is given: where to write and how it is to look, the configuration, and the world behind it. */
export interface CommandLine extends CommandContext {
  readonly process: CommandContext["process"] & { exitCode?: number | string | null }
  /** Data goes here. */
  readonly out: Output
  /** Everything else goes here. */
  readonly err: Output
  /** Asks a person; undefined when there is nobody to ask. */
  readonly confirm: ((question: string) => Promise<boolean>) | undefined
  readonly loadConfig: () => Promise<Config>
  readonly createServices: (
    config: Config,
    listener: Pick<Services, "emit" | "watchesSteps">,
  ) => Services
  readonly nowMs: () => number
  readonly interruption: Interruption
  /** Whether faults are shown with the place where they happened. */
  readonly debug: boolean
  readonly versions: { readonly node: string }
  /** What was typed behind the program's name. */
  readonly args: readonly string[]
  /** What paths on the command line are relative to. */
  readonly cwd: string
}

/** One of the two streams. */
export interface Output {
  readonly isTerminal: boolean
  readonly style: TerminalStyle
  /** Resolves once the text is handed on, so that a slow reader is waited for. */
  readonly write: (chunk: string | Uint8Array) => Promise<void>
  /** The flag with which the commands are to be typed that a text names: `--demo`. */
  readonly commandFlag?: string
}

/** Tells a person something; commands that it names are those that go on from here. */
export async function printLines(output: Output, lines: readonly string[]): Promise<void> {
  const { commandFlag } = output
  if (commandFlag === undefined) return printData(output, lines)
  const flaggedLines = lines.map((line) =>
    line.replaceAll(/`(freshet [^`]+)`/g, `\`$1 ${commandFlag}\``),
  )
  return printData(output, flaggedLines)
}

/** Adds the flag of the output to a command. */
export function addCommandFlag({ commandFlag }: Output, command: string): string {
  return commandFlag === undefined ? command : `${command} ${commandFlag}`
}

/** Prints data, which nothing is done to. */
export async function printData(output: Output, lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await output.write(`${lines.join("\n")}\n`)
}

/** Says that a command is about the demo's data. */
const demoFlag = "--demo"

/** The command line as it is for the demo. */
export function toDemoCommandLine(cli: CommandLine): CommandLine {
  const toDemoOutput = (output: Output): Output => ({ ...output, commandFlag: demoFlag })
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

/** Of the documents and events that are printed; another shape is another version. */
export const schemaVersion = 3

/** One JSON document; whole numbers beyond 2^53 are text. */
export async function printJson(output: Output, document: object): Promise<void> {
  const text = JSON.stringify({ schema_version: schemaVersion, ...document }, toJsonValue, 2)
  await output.write(`${text}\n`)
}

/** Values that JSON lacks: big whole numbers, maps and sets. */
export function toJsonValue(_key: string, value: unknown): unknown {
  if (typeof value === "bigint")
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER
      ? Number(value)
      : value.toString()
  if (value instanceof Map) return Object.fromEntries(value)
  return value instanceof Set ? [...value] : value
}
