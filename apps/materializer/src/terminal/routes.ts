import {
  buildApplication,
  buildRouteMap,
  type Command,
  help,
  proposeCompletions,
  type RouteMap,
  run,
} from "@stricli/core"

import { type CommandLine, printJson } from "./command-line.ts"
import { dataRoutes } from "./data-routes.ts"
import { db } from "./db-routes.ts"
import { defineCommand, type NoFlags } from "./define-command.ts"
import { env } from "./env-routes.ts"
import { toUsageErrorDocument } from "./error-document.ts"
import { jsonFlag } from "./flags.ts"
import { inspectRoutes } from "./inspect-routes.ts"
import { maintainRoutes } from "./maintain-routes.ts"
import { previousFlags, previousWipeName } from "./previous-names.ts"
import { projectRoutes } from "./project-routes.ts"
import { runRoutes } from "./run-routes.ts"
import { uiRoutes } from "./ui-routes.ts"
import { applicationText } from "./usage-errors.ts"

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

/** Runs the typed command and sets its exit code. With --json a usage error is a document as well. */
export async function runCommandLine(cli: CommandLine): Promise<void> {
  const usageErrors: string[] = []
  const write = (text: string) => {
    usageErrors.push(text)
    cli.process.stderr.write(text)
  }
  const process = { ...cli.process, stderr: { ...cli.process.stderr, write } }
  await run(application, cli.args, { ...cli, process })
  cli.process.exitCode = process.exitCode ?? null
  if (Number(process.exitCode) < 0 && asksForJson(cli.args))
    await printJson(cli.out, toUsageErrorDocument(usageErrors.join("")))
}

function asksForJson(args: readonly string[]): boolean {
  const flags = args.includes("--") ? args.slice(0, args.indexOf("--")) : args
  return flags.includes("--json")
}

/** Proposes completions of typed words: subcommands, values, and flags after a dash. Previous names of flags are left out. */
export async function proposeNextWords(
  cli: CommandLine,
  typedWords: readonly string[],
): Promise<readonly string[]> {
  const word = typedWords.at(-1) ?? ""
  const subcommands = listSubcommands(typedWords.slice(0, -1))
  const proposals = await proposeCompletions(application, typedWords, cli)
  const completions = proposals.map(({ completion: text }) => text)
  return [...subcommands.filter((name) => name.startsWith(word)), ...completions].filter((text) =>
    text.startsWith("-") ? word.startsWith("-") && !previousFlags.has(text) : true,
  )
}

/** Lists the subcommands of a command that runs without one too, which the parser does not propose. */
function listSubcommands(words: readonly string[]): readonly string[] {
  let target: RouteMap<CommandLine> | Command<CommandLine> | undefined = application.root
  for (const word of words)
    target =
      target !== undefined && "getAllEntries" in target
        ? target.getRoutingTargetForInput(word)
        : undefined
  if (
    target === undefined ||
    !("getAllEntries" in target) ||
    target.getDefaultCommand() === undefined
  )
    return []
  return target.getAllEntries().map(({ name }) => name["convert-camel-to-kebab"])
}
