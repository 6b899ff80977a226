import {
  type BaseArgs,
  type Command,
  type TypedCommandParameters,
  buildCommand,
} from "@stricli/core"

import { formatError } from "../render/problems.ts"
import { type CommandLine, toDemoCommandLine, printLines } from "./command-line.ts"
import { getErrorExitCode, exitCodes } from "./exit-code.ts"
import { createSwitchFlag } from "./flags.ts"

/** Any record of named values; an interface has no index signature, so it is said by its own keys. */
type FlagRecord<F> = Readonly<Partial<Record<keyof F, unknown>>>

/** Of a command without flags. */
export type NoFlags = Readonly<Record<string, never>>

/** What a command does; the number is its exit status. */
export type Action<F, A extends BaseArgs> = (
  cli: CommandLine,
  flags: F,
  ...args: A
) => Promise<number>

/** A command as it is declared: what it is called with, what its help says, and where its code lies. */
export interface CommandDeclaration<F extends FlagRecord<F>, A extends BaseArgs> {
  readonly brief: string
  /** More than the brief says. */
  readonly text?: string
  /** Whole lines, each with what it does behind `#`. */
  readonly examples: readonly string[]
  readonly parameters: TypedCommandParameters<F, A, CommandLine>
  /** Whose data it is about: a person's, unless `--demo` says the demo's; nobody's; or the demo's always. */
  readonly data?: "either" | "none" | "demo"
  /** Loads the code; nothing of it is loaded for a help text. */
  readonly load: () => Promise<Action<F, A>>
}

/** Makes a command of which every fault becomes a message and an exit status. */
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
        this.process.exitCode = await runGuarded(cli, () => action(cli, flags, ...args))
      }
    },
  })
}

/** Every command that is about data can be about the demo's. No action sees the flag. */
function addDemoFlag<P extends { readonly flags?: object }>(parameters: P): P {
  return { ...parameters, flags: { ...parameters.flags, demo: demoFlag } }
}

const demoFlag = createSwitchFlag("Use the data of the demo instead of your own")

async function runGuarded(cli: CommandLine, work: () => Promise<number>): Promise<number> {
  try {
    return await work()
  } catch (error) {
    await printLines(cli.err, formatError(error, cli.err.style, cli.debug))
    const code = getErrorExitCode(error)
    return code === exitCodes.interrupted ? cli.interruption.getExitCode() : code
  }
}
