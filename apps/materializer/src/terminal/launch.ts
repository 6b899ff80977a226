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

/** The words of a command line without a flag that every command has, and the name that the flag gives. */
interface NameWords {
  readonly words: readonly string[]
  readonly name: string | undefined
}

/** Splits off `--env NAME` or `--env=NAME`, or another such flag, which may precede any word before `--`. */
export function splitNameFlag(argv: readonly string[], flag: string): NameWords {
  const end = argv.includes("--") ? argv.indexOf("--") : argv.length
  const isFlag = (word: string) => word === flag || word.startsWith(`${flag}=`)
  const at = argv.findIndex((word, index) => index < end && isFlag(word))
  const [word, nextWord] = argv.slice(at, end)
  const name = word === flag ? nextWord : word?.slice(flag.length + 1)
  if (at < 0 || name === undefined || name === "") return { words: argv, name: undefined }
  return { words: argv.toSpliced(at, word === flag ? 2 : 1), name }
}

/** The names that flags of every command give; they replace variables of the environment. */
export interface TargetNames {
  /** `--env` */
  readonly environment: string | undefined
  /** `--profile` */
  readonly profile: string | undefined
}

/**
 * Loads the configuration. Its paths are relative to its folder, those of the environment variables to the working folder.
 * Names of flags replace those of the variables.
 */
export async function loadProjectConfig(
  { projectFolder, configPath, configError, process }: Launch,
  { environment, profile }: TargetNames,
): Promise<Config> {
  if (projectFolder === undefined)
    throw new FreshetError("config", "There is no freshet.config.ts in this folder or above it.", {
      hint: "`freshet init` creates a project; FRESHET_PROJECT names the folder of another one.",
    })
  if (configError !== undefined) throw new FreshetError("config", configError)
  const { resolveConfig } = await import("@freshet/services")
  const file = await loadConfigFile(configPath, projectFolder)
  const names = {
    ...(environment === undefined ? {} : { FRESHET_ENV: environment }),
    ...(profile === undefined ? {} : { FRESHET_PROFILE: profile }),
  }
  return resolveConfig(file, projectFolder, { ...process.env, ...names }, process.cwd())
}

async function loadConfigFile(path: string, projectFolder: string): Promise<FreshetConfig> {
  const { loadDefault } = await import("../load-default.ts")
  const loaded = await loadDefault(path, projectFolder, async (config) => {
    const file = config as FreshetConfig | undefined // `defineConfig` typed it
    return Array.isArray(file?.assets) ? { ...file, assets: await Promise.all(file.assets) } : file
  })
  if (typeof loaded === "object") return loaded
  throw new FreshetError("config", "freshet.config.ts has no default export with settings.", {
    hint: 'Write `export default defineConfig({ assets: [import("./assets/…")] })`.',
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
  const spare = { child: undefined, isKept: false }
  return { programPath: codeProcessPath, declarationsPath: configPath, spare }
}
