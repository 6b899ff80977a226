import { EventEmitter } from "node:events"
import { createRequire } from "node:module"
import { join } from "node:path"
import { Readable, Writable } from "node:stream"
import { pathToFileURL } from "node:url"

import { bundleCommand, workspace } from "../../bin/bundle-command.js"
import { bundleProject } from "../../bin/bundle-project.js"
import type { Launch } from "../../src/terminal/launch.ts"
import type { CommandResult, CommandSettings } from "./command-settings.ts"

/** The bundled program, as the launcher imports it. */
interface Program {
  readonly main: (argv: readonly string[], launch: Launch) => Promise<number>
}

interface NativeImport {
  readonly importNatively: (url: string) => Promise<unknown>
}

const { importNatively } = createRequire(import.meta.url)("./native-import.cjs") as NativeImport

/** Variables that a command reads from the process that it is given. */
const launchVariables = /^(FRESHET_[A-Z0-9_]+|DATABASE_URL|NO_COLOR)$/

/** Tests if a command behaves here as in a process of its own: Node itself reads no variable of its environment. */
export function runsInProcess({
  environment,
  program,
  node,
  findConfig,
}: CommandSettings): boolean {
  return (
    process.env["FRESHET_TEST_PROCESSES"] === undefined &&
    process.env["FRESHET_TEST_LAUNCHER"] === undefined &&
    node === undefined &&
    (program === undefined || findConfig !== undefined) &&
    Object.keys(environment).every((name) => launchVariables.test(name))
  )
}

/** Runs the bundled program in this process, with streams, variables and folder of its own. */
export async function runInProcess(
  settings: CommandSettings,
  words: readonly string[],
): Promise<CommandResult> {
  const startedAt = performance.now()
  const [command, project] = await Promise.all([
    bundleCommand(),
    bundleProject(join(workspace, "freshet.config.ts")),
  ])
  const output = { stdout: "", stderr: "" }
  const configPath = settings.findConfig?.() ?? project
  const { main } = (await importNatively(pathToFileURL(join(command, "main.js")).href)) as Program
  const restore = setVariables(settings.environment)
  try {
    const code = await main(words, {
      projectFolder: workspace,
      configPath,
      configError: undefined,
      supervisorPath: join(command, "supervisor.js"),
      codeProcessPath: join(command, "code-process.js"),
      process: createProcess(settings, output),
    })
    return { code, signal: null, ...output, ms: performance.now() - startedAt }
  } finally {
    restore()
  }
}

/** Sets the variables that the code of assets reads from the process itself. */
function setVariables(environment: CommandSettings["environment"]): () => void {
  const replaced = Object.keys(environment).map((name) => [name, process.env[name]] as const)
  Object.assign(process.env, environment)
  return () => {
    for (const [name, value] of replaced)
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
  }
}

function createProcess(
  { folder, environment }: CommandSettings,
  output: { stdout: string; stderr: string },
): NodeJS.Process {
  const { PATH, HOME, TMPDIR } = process.env
  const collect = (name: "stdout" | "stderr") =>
    new Writable({
      decodeStrings: false,
      write: (chunk: string | Buffer, _encoding, done) => {
        output[name] += chunk.toString()
        done()
      },
    })
  const commandProcess = {
    env: { PATH, HOME, TMPDIR, NO_COLOR: "1", ...environment },
    stdout: collect("stdout"),
    stderr: collect("stderr"),
    stdin: Readable.from([]),
    exitCode: undefined,
    execPath: process.execPath,
    versions: process.versions,
    pid: process.pid,
    cwd: () => folder,
    exit: (code: number) => {
      throw new Error(`the command called exit(${code})`)
    },
  }
  return Object.assign(new EventEmitter(), commandProcess) as unknown as NodeJS.Process // the part that a command reads
}
