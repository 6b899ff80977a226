import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

import { withTestDatabase } from "@freshet/embedded-postgres/testing"
import { build } from "esbuild"

import { bundleCommand, workspace } from "../../bin/bundle-command.js"
import type { CommandSettings } from "./freshet-process.ts"
import { expectNoProcesses } from "./processes.ts"

/** A project with declarations of its own, and the real command. */
export interface DeclaredProject extends CommandSettings {
  readonly home: string
  readonly lake: string
  readonly landing: string
  /** Replaces the declarations by the body of a module with `assets`, and `automation` of groups and `pools` if it has any. */
  readonly declare: (declarations: string) => Promise<void>
  /** Writes a file into the landing zone. */
  readonly land: (path: string, content: string) => void
  /** Runs `work` with the URL of the database. */
  readonly withDatabase: <T>(work: (url: string) => Promise<T>) => Promise<T>
}

const materializer = fileURLToPath(new URL("../..", import.meta.url))

/** The folder of the library of tables, which declarations import and the application does not. */
const tablesLibrary = join(materializer, "../../packages/schema/node_modules/drizzle-orm")

/** Runs `work` with a project in a folder of its own and a database on the server that tests share. */
export async function withDeclaredProject<T>(
  declarations: string,
  work: (project: DeclaredProject) => Promise<T>,
): Promise<T> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "freshet-declared-")))
  try {
    return await withTestDatabase(async (url) => {
      const project = await createDeclaredProject(folder, url)
      await project.declare(declarations)
      const result = await work(project)
      await expectNoProcesses(folder)
      return result
    })
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

async function createDeclaredProject(folder: string, url: string): Promise<DeclaredProject> {
  const [home, landing] = [join(folder, "home"), join(folder, "landing")]
  mkdirSync(landing)
  const program = join(folder, "freshet.mjs")
  const bundle = await bundleCommand()
  let versions = 0
  const getConfigPath = () => join(folder, `config-${versions}.mjs`)
  return {
    folder,
    home,
    landing,
    lake: join(home, "lake"),
    environment: { FRESHET_HOME: home, FRESHET_LANDING: landing, DATABASE_URL: url },
    program,
    findConfig: getConfigPath,
    declare: async (declarations) => {
      versions += 1
      await bundleDeclarations(declarations, getConfigPath())
      writeFileSync(program, buildLauncher(bundle, getConfigPath()))
    },
    land: (path, content) => {
      const target = join(landing, path)
      mkdirSync(dirname(target), { recursive: true })
      writeFileSync(target, content)
    },
    withDatabase: (work) => work(url),
  }
}

/** Builds the source of a launcher like that of the workspace, with another configuration. */
function buildLauncher(bundled: string, configPath: string): string {
  return `
    import { exitWhenWritten } from ${toUrlLiteral(join(materializer, "bin/exit-when-written.js"))}
    import { main } from ${toUrlLiteral(join(bundled, "main.js"))}
    process.exitCode = await main(process.argv.slice(2), {
      projectFolder: ${JSON.stringify(workspace)},
      configPath: ${JSON.stringify(configPath)},
      supervisorPath: ${JSON.stringify(join(bundled, "supervisor.js"))},
      codeProcessPath: ${JSON.stringify(join(bundled, "code-process.js"))},
      process,
    })
    exitWhenWritten(process)`
}

function toUrlLiteral(path: string): string {
  return JSON.stringify(pathToFileURL(path).href)
}

async function bundleDeclarations(declarations: string, outfile: string): Promise<void> {
  await build({
    stdin: {
      contents: `${declarations}\nexport default { assets, automation: typeof automation === "undefined" ? {} : automation, pools: typeof pools === "undefined" ? {} : pools, profiles: typeof profiles === "undefined" ? {} : profiles }`,
      resolveDir: materializer,
      loader: "ts",
    },
    bundle: true,
    format: "esm",
    platform: "node",
    alias: { "drizzle-orm": tablesLibrary },
    outfile,
    logLevel: "error",
  })
}
