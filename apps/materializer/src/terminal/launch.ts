import { createRequire } from "node:module"
import { join } from "node:path"

import { FreshetError } from "@freshet/core/engine"
import type { Config, FreshetConfig, Services } from "@freshet/services"

/** Describes the project and the programs to the command. */
export interface Launch {
  /** Folder of the configuration, to which its paths are relative; undefined without a project. */
  readonly projectFolder: string | undefined
  /** The bundled configuration of the project. */
  readonly configPath: string
  /** The reason for which the configuration cannot be bundled. */
  readonly configError: string | undefined
  /** The program of the embedded server's supervisor. */
  readonly supervisorPath: string
  /** The program of the processes that run code of assets. */
  readonly codeProcessPath: string
  readonly process: NodeJS.Process
}

/** Removes `--no-color`, which may precede any word before `--` and is for the program itself. */
export function removeNoColor(argv: readonly string[]): readonly string[] {
  return argv.filter((word, index) => !isNoColor(word, argv.slice(0, index)))
}

function isNoColor(word: string, precedingWords: readonly string[]): boolean {
  return word === "--no-color" && !precedingWords.includes("--")
}

/** The words of a command line without `--env NAME`, and the named environment. */
interface EnvironmentWords {
  readonly words: readonly string[]
  readonly environment: string | undefined
}

/** Splits off `--env NAME` or `--env=NAME`, which may precede any word before `--`: it selects the environment of each command. */
export function splitEnvironment(argv: readonly string[]): EnvironmentWords {
  const end = argv.includes("--") ? argv.indexOf("--") : argv.length
  const at = argv.findIndex((word, index) => index < end && /^--env(?:=.|$)/.test(word))
  const [word, nextWord] = argv.slice(at, end)
  const value = word === "--env" ? nextWord : word?.slice("--env=".length)
  if (at < 0 || value === undefined) return { words: argv, environment: undefined }
  return { words: argv.toSpliced(at, word === "--env" ? 2 : 1), environment: value }
}

/**
 * Loads the configuration. Its paths are relative to its folder, those of the environment variables to the working folder.
 * A named environment replaces that of the variables.
 */
export async function loadProjectConfig(
  { projectFolder, configPath, configError, process }: Launch,
  environment: string | undefined,
): Promise<Config> {
  if (projectFolder === undefined)
    throw new FreshetError("config", "There is no freshet.config.ts in this folder or above it.", {
      hint: "`freshet init` creates a project; FRESHET_PROJECT names the folder of another one.",
    })
  if (configError !== undefined) throw new FreshetError("config", configError)
  const { resolveConfig } = await import("@freshet/services")
  const file = await loadConfigFile(configPath, projectFolder)
  const namedEnvironment = environment === undefined ? {} : { FRESHET_ENV: environment }
  return resolveConfig(file, projectFolder, { ...process.env, ...namedEnvironment }, process.cwd())
}

async function loadConfigFile(
  path: string,
  projectFolder: string,
): Promise<FreshetConfig | undefined> {
  const { loadDefault } = await import("../load-default.ts")
  return loadDefault(path, projectFolder, async (config) => {
    const file = config as FreshetConfig | undefined // `defineConfig` typed it
    return Array.isArray(file?.assets) ? { ...file, assets: await Promise.all(file.assets) } : file
  })
}

/** Returns the folder of the web page, which is built when its package is set up or packed. */
export function getClientFolder(): string {
  const { resolve } = createRequire(import.meta.url)
  return join(resolve("@freshet/ui/package.json"), "../.build/client")
}

/** Returns a folder of files from which projects are created. */
export function getTemplateFolder(name: "project"): string {
  const { resolve } = createRequire(import.meta.url)
  return join(resolve("freshet/package.json"), "../templates", name)
}

/** Returns the command that starts the supervisor of the embedded server. */
export function getSupervisorCommand({ process, supervisorPath }: Launch): readonly string[] {
  return [process.execPath, supervisorPath]
}

/** Returns the programs of the processes that run code of assets. */
export function getCodeProgram({ codeProcessPath, configPath }: Launch): Services["codeProgram"] {
  return { programPath: codeProcessPath, declarationsPath: configPath }
}
