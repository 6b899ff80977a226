import { run } from "@stricli/core"

import type { CommandLine, Output } from "../../src/commands/command-line.ts"
import { application } from "../../src/commands/routes.ts"
import type { World } from "../../src/commands/world.ts"
import { planOnStored } from "../../src/project/lost-files.ts"
import type { Project } from "../../src/project/project.ts"
import type { Look } from "../../src/render/look.ts"
import { noon } from "../tiny-project.ts"

/** What a command printed, and its exit status. */
export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Where a command is made to believe it runs. */
export interface Surroundings {
  readonly look?: Partial<Look>
  readonly isTerminal?: boolean
  readonly ask?: CommandLine["ask"]
  readonly world?: Partial<World>
}

/** Runs a command line over a project without a process, a database or an engine. */
export async function runCommand(
  project: Project,
  argv: readonly string[],
  surroundings: Surroundings = {},
): Promise<Ran> {
  const out: string[] = []
  const err: string[] = []
  const cli = commandLine(project, surroundings, { out, err })
  await run(application, argv, cli)
  const code = Number(cli.process.exitCode)
  return { code: code < 0 ? 2 : code, out: out.join(""), err: err.join("") }
}

function commandLine(
  project: Project,
  { look, isTerminal = false, ask, world }: Surroundings,
  written: { readonly out: string[]; readonly err: string[] },
): CommandLine {
  const output = (to: string[]): Output => ({
    isTerminal,
    look: { color: false, unicode: true, columns: undefined, ...look },
    write: async (chunk) => void to.push(String(chunk)),
  })
  const [out, err] = [output(written.out), output(written.err)]
  const controller = new AbortController()
  return {
    process: {
      stdout: { write: (text) => void out.write(text) },
      stderr: { write: (text) => void err.write(text) },
    },
    out,
    err,
    ask,
    loadConfig: async () => project.config,
    world: { ...emptyWorld(project), ...world },
    nowMs: () => noon,
    interruption: { signal: controller.signal, watch: () => {}, exitCode: () => 130 },
    debug: false,
    versions: { node: "20.20.2" },
    words: [],
    cwd: "/project",
  }
}

function emptyWorld(project: Project): World {
  const none = async () => {
    throw new Error("this test has no engine")
  }
  return {
    withProject: (_config, work) => work(project),
    runPlan: async (_config, { plan, onPlan }) => {
      const planned = await planOnStored(project, plan)
      onPlan(planned)
      return { kind: "nothing", ...planned }
    },
    cancelRun: none,
    withData: none,
    withRemaking: none,
    collectGarbage: none,
    forgetPartitions: none,
    readPublished: none,
    engineVersion: none,
  }
}
