import { existsSync } from "node:fs"
import { join } from "node:path"

import type { Config, FreshetConfig } from "@freshet/services"

/** Describes the workspace and its bundled programs to the command. */
export interface Launch {
  /** Folder to which the paths of the configuration are relative. */
  readonly workspace: string
  /** The bundled `freshet.config.ts`; absent if the workspace has none. */
  readonly configPath: string
  /** The program of the embedded server's supervisor. */
  readonly supervisorPath: string
  readonly process: NodeJS.Process
}

/** Removes `--no-color`, which may precede any word before `--` and is for the program itself. */
export function removeNoColor(argv: readonly string[]): readonly string[] {
  return argv.filter((word, index) => !isNoColor(word, argv.slice(0, index)))
}

function isNoColor(word: string, precedingWords: readonly string[]): boolean {
  return word === "--no-color" && !precedingWords.includes("--")
}

/** Loads the configuration. Its paths are relative to the workspace, independent of the working directory. */
export async function loadProjectConfig({
  workspace,
  configPath,
  process,
}: Launch): Promise<Config> {
  const { resolveConfig } = await import("@freshet/services")
  const file = existsSync(configPath) ? await loadConfigFile(configPath, workspace) : undefined
  return resolveConfig(file, workspace, process.env)
}

async function loadConfigFile(path: string, workspace: string): Promise<FreshetConfig> {
  const { loadDefault } = await import("../load-default.ts")
  return (await loadDefault(path, workspace)) as FreshetConfig // `defineConfig` typed it
}

/** Returns the folder of the web page, which the set-up builds. */
export function getClientFolder({ workspace }: Launch): string {
  return join(workspace, "apps/ui/.build/client")
}

/** Returns the command that starts the supervisor of the embedded server. */
export function getSupervisorCommand({ process, supervisorPath }: Launch): readonly string[] {
  return [process.execPath, supervisorPath]
}
