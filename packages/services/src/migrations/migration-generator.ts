import { spawn } from "node:child_process"
import { randomUUID } from "node:crypto"
import { existsSync } from "node:fs"
import { cp, mkdir, readdir, rm, writeFile } from "node:fs/promises"
import { createRequire } from "node:module"
import { basename, dirname, join, relative } from "node:path"

import { FreshetError } from "@freshet/core/engine"

import { type Config, getNodeProgram } from "../config.ts"
import { findConfigFile } from "../scaffold/config-file.ts"

/** The generator of migrations of a project. */
interface MigrationGenerator {
  /** The program of drizzle-kit. */
  readonly program: string
  /** The project's drizzle.config.ts, from whose folder the generator runs. */
  readonly configFile: string
  readonly migrations: string
}

/** Options of a generated migration. */
export interface GenerateOptions {
  readonly name?: string | undefined
  /** The generator may ask a person at the terminal if a table or column was renamed. */
  readonly interactive: boolean
}

/** Writes the migration that the declared tables need; returns its files, none if the tables have not changed. */
export async function generateMigration(
  config: Config,
  { name, interactive }: GenerateOptions,
): Promise<readonly string[]> {
  const generator = findGenerator(config)
  const configWords = ["--config", basename(generator.configFile)]
  const words = [...configWords, ...(name === undefined ? [] : ["--name", name])]
  return runGenerator(generator, words, interactive)
}

/** Lists the migrations that the declared tables need, without writing them into the project. */
export async function findMissingMigrations(config: Config): Promise<readonly string[]> {
  const generator = findGenerator(config)
  const folder = dirname(generator.configFile)
  const scratch = join(folder, "node_modules/.cache/freshet", `migrations-${randomUUID()}`)
  const migrations = join(scratch, "migrations")
  const configFile = join(scratch, "drizzle.config.ts")
  await mkdir(scratch, { recursive: true })
  try {
    if (existsSync(generator.migrations))
      await cp(generator.migrations, migrations, { recursive: true })
    await writeFile(configFile, formatScratchConfig(generator.configFile, scratch))
    return await runGenerator(
      { ...generator, migrations },
      ["--config", relative(folder, configFile)],
      false,
    )
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

function formatScratchConfig(configFile: string, scratch: string): string {
  const out = `./${relative(dirname(configFile), join(scratch, "migrations"))}`
  return `import config from ${JSON.stringify(relative(scratch, configFile))}
export default { ...config, out: ${JSON.stringify(out)} }
`
}

/** Finds the generator: drizzle.config.ts is beside the folder of migrations or above it, within the project. */
function findGenerator({ migrations, projectFolder }: Config): MigrationGenerator {
  const configFile = listFolders(dirname(migrations), projectFolder)
    .map((folder) => findConfigFile(folder, "drizzle"))
    .find((path) => path !== undefined)
  if (configFile === undefined)
    throw new FreshetError("config", `There is no drizzle.config.ts beside ${migrations}.`, {
      hint: "It names the files of the published tables; `freshet init` writes one into a new project.",
    })
  return { program: findProgram(configFile), configFile, migrations }
}

function listFolders(folder: string, root: string): readonly string[] {
  const parent = dirname(folder)
  return folder === root || parent === folder ? [folder] : [folder, ...listFolders(parent, root)]
}

function findProgram(configFile: string): string {
  try {
    const entry = createRequire(configFile).resolve("drizzle-kit")
    return join(dirname(entry), "bin.cjs")
  } catch (cause) {
    throw new FreshetError("config", "drizzle-kit, which writes migrations, is not installed.", {
      cause,
      hint: "Run `npm install --save-dev drizzle-kit`.",
    })
  }
}

/** Runs the generator, whose exit status is 0 even if it failed; the files that appear count. */
async function runGenerator(
  { program, configFile, migrations }: MigrationGenerator,
  words: readonly string[],
  interactive: boolean,
): Promise<readonly string[]> {
  const files = new Set(await listMigrations(migrations))
  const args = [program, "generate", ...words]
  const output = await runProgram(args, dirname(configFile), interactive)
  const added = (await listMigrations(migrations)).filter((file) => !files.has(file))
  if (added.length === 0 && !interactive && !/nothing to migrate/.test(output))
    throw new FreshetError("config", "The migration cannot be generated.", {
      cause: new Error(output),
      hint: /TTY/.test(output)
        ? "A table or column may have been renamed: run `freshet migrate --generate` at a terminal, which asks."
        : output.trim(),
    })
  return added.map((file) => join(migrations, file))
}

/** Lists the files of the migrations in a folder, the oldest first. */
export async function listMigrations(folder: string): Promise<readonly string[]> {
  if (!existsSync(folder)) return []
  return (await readdir(folder)).filter((file) => file.endsWith(".sql")).toSorted()
}

async function runProgram(
  args: readonly string[],
  cwd: string,
  interactive: boolean,
): Promise<string> {
  const child = spawn(getNodeProgram(), args, {
    cwd,
    stdio: interactive ? "inherit" : ["ignore", "pipe", "pipe"],
  })
  let output = ""
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => (output += text))
  await new Promise((resolve, reject) => {
    child.once("error", reject)
    child.once("close", resolve)
  })
  return output
}
