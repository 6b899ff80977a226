import { fileURLToPath } from "node:url"

import type { Config, FreshetConfig } from "@freshet/services"

/** What the launcher gives: the way to the configuration, the program of the supervisor, and the process itself. */
export interface Launch {
  readonly loadConfig: () => Promise<unknown>
  readonly supervisorPath: string
  readonly process: NodeJS.Process
}

const workspace = fileURLToPath(new URL("../../..", import.meta.url))

/** What was typed for the command: `--no-color`, which may stand anywhere before a `--`, is for the program itself. */
export function removeNoColor(argv: readonly string[]): readonly string[] {
  return argv.filter((word, index) => !isNoColor(word, argv.slice(0, index)))
}

function isNoColor(word: string, precedingWords: readonly string[]): boolean {
  return word === "--no-color" && !precedingWords.includes("--")
}

/** The whole configuration. Paths in it are relative to the workspace, wherever the command is run. */
export async function loadProjectConfig({ loadConfig, process }: Launch): Promise<Config> {
  const { resolveConfig } = await import("@freshet/services")
  const file = (await loadConfig()) as FreshetConfig | undefined // the file's default export, which `defineConfig` typed
  return resolveConfig(file, workspace, process.env)
}

/** The command that starts the supervisor of the embedded server. */
export function getSupervisorCommand({ process, supervisorPath }: Launch): readonly string[] {
  return [process.execPath, supervisorPath]
}
