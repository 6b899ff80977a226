import {
  type BaseArgs,
  type Command,
  type TypedCommandParameters,
  buildCommand,
} from "@stricli/core"

import { formatError } from "../render/problems.ts"
import { type CommandLine, toDemoCommandLine, printJson, printLines } from "./command-line.ts"
import { toErrorDocument } from "./error-document.ts"
import { getErrorExitCode, exitCodes } from "./exit-code.ts"
import { createSwitchFlag } from "./flags.ts"

/** A record of named values, by its own keys because an interface has no index signature. */
type FlagRecord<F> = Readonly<Partial<Record<keyof F, unknown>>>

/** The flags of a command without flags. */
export type NoFlags = Readonly<Record<string, never>>

/** The code of a command; it returns the exit code. */
export type Action<F, A extends BaseArgs> = (
  cli: CommandLine,
  flags: F,
  ...args: A
) => Promise<number>

/** A declared command: its parameters, its help and its code. */
export interface CommandDeclaration<F extends FlagRecord<F>, A extends BaseArgs> {
  readonly brief: string
  /** Further help. */
  readonly text?: string
  /** Example command lines with a comment. */
  readonly examples: readonly string[]
  readonly parameters: TypedCommandParameters<F, A, CommandLine>
  /** The data of the command: the project's or with `--demo` the demo's; none; or always the demo's. */
  readonly data?: "either" | "none" | "demo"
  /** Loads the code, which help does not need. */
  readonly load: () => Promise<Action<F, A>>
}

/** Defines a command; every error becomes a message and an exit code. */
export function defineCommand<F extends FlagRecord<F> = NoFlags, A extends BaseArgs = []>({
  brief,
  text,
  examples,
  parameters,
  data = "either",
  load,
}: CommandDeclaration<F, A>): Command<CommandLine> {
  const lines = ["EXAMPLES", ...examples.map((example) => `  ${example}`)]
  const fullDescription = [brief, ...(text === undefined ? [] : ["", text]), "", ...lines].join(
    "\n",
  )
  return buildCommand<F, A, CommandLine>({
    docs: { brief, fullDescription },
    parameters: data === "either" ? addDemoFlag(parameters) : parameters,
    loader: async () => {
      const action = await load()
      return async function run(flags, ...args) {
        const isDemo = data === "demo" || ("demo" in flags && flags.demo === true)
        const cli = isDemo ? toDemoCommandLine(this) : this
        this.process.exitCode = await runGuarded(cli, isJson(flags), () =>
          action(cli, flags, ...args),
        )
      }
    },
  })
}

/** Adds --demo to a command; its action does not see the flag. */
function addDemoFlag<P extends { readonly flags?: object }>(parameters: P): P {
  return { ...parameters, flags: { ...parameters.flags, demo: demoFlag } }
}

const demoFlag = createSwitchFlag("Use the data of the demo instead of your own")

/** Tests if a command prints a JSON document. */
function isJson(flags: object): boolean {
  return ("json" in flags && flags.json === true) || ("format" in flags && flags.format === "json")
}

async function runGuarded(
  cli: CommandLine,
  json: boolean,
  work: () => Promise<number>,
): Promise<number> {
  try {
    return await work()
  } catch (error) {
    await printLines(cli.err, formatError(error, cli.err.style, cli.debug))
    if (json) await printJson(cli.out, toErrorDocument(error))
    const code = getErrorExitCode(error)
    return code === exitCodes.interrupted ? cli.interruption.getExitCode() : code
  }
}
