import {
  type ApplicationText,
  ArgumentScannerError,
  buildApplication,
  buildRouteMap,
  formatMessageForArgumentScannerError,
  help,
  type InputCompletion,
  proposeCompletions,
  run,
  text_en,
} from "@stricli/core"

import type { CommandLine } from "./command-line.ts"
import { dataRoutes } from "./data-routes.ts"
import { db } from "./db-routes.ts"
import { defineCommand, type NoFlags } from "./define-command.ts"
import { env } from "./env-routes.ts"
import { jsonFlag } from "./flags.ts"
import { inspectRoutes } from "./inspect-routes.ts"
import { maintainRoutes } from "./maintain-routes.ts"
import { previousFlags, previousWipeName } from "./previous-names.ts"
import { projectRoutes } from "./project-routes.ts"
import { runRoutes } from "./run-routes.ts"
import { uiRoutes } from "./ui-routes.ts"

const doctor = defineCommand<{ readonly json: boolean }>({
  brief: "Check the installation, the database and the sources",
  examples: ["freshet doctor"],
  parameters: { flags: { json: jsonFlag } },
  load: async () => (await import("../commands/doctor.ts")).doctor,
})

const completion = defineCommand<NoFlags, ["bash" | "zsh" | "fish"]>({
  brief: "Print a script that completes commands, flags and assets",
  examples: [
    'eval "$(freshet completion bash)"',
    'eval "$(freshet completion zsh)"',
    "freshet completion fish | source",
  ],
  data: "none",
  parameters: {
    flags: {},
    positional: {
      kind: "tuple",
      parameters: [
        {
          brief: "bash, zsh or fish",
          placeholder: "shell",
          parse: (text: string) => {
            if (text === "bash" || text === "zsh" || text === "fish") return text
            throw new RangeError(`"${text}" is none of bash, zsh and fish`)
          },
        },
      ],
    },
  },
  load: async () => (await import("../commands/completion.ts")).completion,
})

const complete = defineCommand<NoFlags, string[]>({
  brief: "List completions of the typed words",
  examples: ["freshet __complete status --st"],
  data: "none",
  parameters: {
    flags: {},
    positional: {
      kind: "array",
      parameter: { brief: "Typed words", parse: String, placeholder: "word" },
    },
  },
  load: async () => (await import("../commands/complete.ts")).complete,
})

const formatting = {
  useAliasInUsageLine: false,
  onlyRequiredInUsageLine: true,
  caseStyle: "convert-camel-to-kebab",
} as const

/** Formats usage errors like all other errors: the message, and below it the remedy. */
const applicationText: ApplicationText = {
  ...text_en,
  noCommandRegisteredForInput: ({ input, corrections }) => {
    const hint =
      corrections.length === 0
        ? "`freshet --help` lists the commands."
        : `Did you mean ${corrections.join(" or ")}?`
    return `error: No command is called \`${input}\`.\n  ${hint}`
  },
  exceptionWhileParsingArguments: (error) => `error: ${formatArgumentError(error)}`,
}

function formatArgumentError(error: unknown): string {
  if (!(error instanceof ArgumentScannerError))
    return error instanceof Error ? error.message : String(error)
  return formatMessageForArgumentScannerError(error, {
    ArgumentParseError: ({ externalFlagNameOrPlaceholder: name, exception }) =>
      `${name}: ${exception instanceof Error ? exception.message : String(exception)}.`,
    FlagNotFoundError: ({ input, corrections }) => {
      const names = corrections.map((name) => `\`--${name}\``).join(" or ")
      const hint = names === "" ? "--help lists the flags of a command." : `Did you mean ${names}?`
      return `No flag is called \`--${input}\`.\n  ${hint}`
    },
    UnsatisfiedPositionalError: ({ placeholder }) =>
      `The ${placeholder} is missing.\n  --help shows the usage of the command.`,
    EnumValidationError: ({ externalFlagName, input, values }) =>
      `--${externalFlagName} cannot be \`${input}\`.\n  It is one of ${values.join(", ")}.`,
  })
}

/** The command line. */
export const application = buildApplication<CommandLine>(
  buildRouteMap({
    routes: {
      ...inspectRoutes,
      ...runRoutes,
      ...maintainRoutes,
      ...dataRoutes,
      ...uiRoutes,
      ...projectRoutes,
      db,
      env,
      doctor,
      completion,
      __complete: complete,
    },
    docs: {
      brief:
        "Freshet finds the stale partitions of your datasets, explains them, and materializes exactly those.",
      hideRoute: { __complete: true, [previousWipeName]: true },
    },
  }),
  {
    name: "freshet",
    scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
    documentation: { onlyRequiredInUsageLine: true },
    localization: { text: applicationText },
  },
  {
    help: help<CommandLine>({ brief: "Print this text", defaultForRouteMap: true, formatting }),
  },
)

/** Runs the typed command and sets its exit code. */
export function runCommandLine(cli: CommandLine): Promise<void> {
  return run(application, cli.args, cli)
}

/** Proposes completions of typed words; previous names of flags are left out. */
export async function proposeNextWords(
  cli: CommandLine,
  typed: readonly string[],
): Promise<readonly InputCompletion[]> {
  const proposals = await proposeCompletions(application, typed, cli)
  return proposals.filter(({ completion }) => !previousFlags.has(completion))
}
