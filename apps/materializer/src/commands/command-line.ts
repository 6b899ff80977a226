import type { CommandContext } from "@stricli/core"

import type { Config } from "../config.ts"
import type { Look } from "../render/look.ts"
import type { Interruption } from "./interruption.ts"
import type { World } from "./world.ts"

/** Everything a command is given: where to write and how it is to look, the configuration, and the world behind it. */
export interface CommandLine extends CommandContext {
  readonly process: CommandContext["process"] & { exitCode?: number | string | null }
  /** Data goes here. */
  readonly out: Output
  /** Everything else goes here. */
  readonly err: Output
  /** Asks a person; undefined when there is nobody to ask. */
  readonly ask: ((question: string) => Promise<boolean>) | undefined
  readonly loadConfig: () => Promise<Config>
  readonly world: World
  readonly nowMs: () => number
  readonly interruption: Interruption
  /** Whether faults are shown with the place where they happened. */
  readonly debug: boolean
  readonly versions: { readonly node: string }
  /** What was typed behind the program's name. */
  readonly words: readonly string[]
  /** What paths on the command line are relative to. */
  readonly cwd: string
}

/** One of the two streams. */
export interface Output {
  readonly isTerminal: boolean
  readonly look: Look
  /** Resolves once the text is handed on, so that a slow reader is waited for. */
  readonly write: (chunk: string | Uint8Array) => Promise<void>
  /** The flag with which the commands are to be typed that a text names: `--demo`. */
  readonly commandFlag?: string
}

/** Tells a person something; commands that it names are those that go on from here. */
export async function printLines(output: Output, lines: readonly string[]): Promise<void> {
  const { commandFlag } = output
  if (commandFlag === undefined) return printData(output, lines)
  const flagged = lines.map((line) =>
    line.replaceAll(/`(freshet [^`]+)`/g, `\`$1 ${commandFlag}\``),
  )
  return printData(output, flagged)
}

/** Prints data, which nothing is done to. */
export async function printData(output: Output, lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await output.write(`${lines.join("\n")}\n`)
}

/** Says that a command is about the demo's data. */
const demoFlag = "--demo"

/** The command line as it is for the demo. */
export function ofDemo(cli: CommandLine): CommandLine {
  const output = (given: Output): Output => ({ ...given, commandFlag: demoFlag })
  return {
    ...cli,
    out: output(cli.out),
    err: output(cli.err),
    loadConfig: async () => {
      const { demoConfig } = await import("../config.ts")
      return demoConfig(await cli.loadConfig())
    },
  }
}

/** Of the documents and events that are printed; another shape is another version. */
export const schemaVersion = 2

/** One JSON document; whole numbers beyond 2^53 are text. */
export async function printJson(output: Output, document: object): Promise<void> {
  const text = JSON.stringify({ schema_version: schemaVersion, ...document }, jsonValue, 2)
  await output.write(`${text}\n`)
}

/** Values that JSON lacks: big whole numbers, maps and sets. */
export function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === "bigint")
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER
      ? Number(value)
      : value.toString()
  if (value instanceof Map) return Object.fromEntries(value)
  return value instanceof Set ? [...value] : value
}
