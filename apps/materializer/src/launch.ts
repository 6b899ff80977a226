import { fileURLToPath } from "node:url"

import type { Config, FreshetConfig } from "./config.ts"

/** What the launcher gives: the way to the configuration, the program of the keeper, and the process itself. */
export interface Launch {
  readonly loadConfig: () => Promise<unknown>
  readonly keeperPath: string
  readonly process: NodeJS.Process
}

const workspace = fileURLToPath(new URL("../../..", import.meta.url))

/** What was typed for the command: `--no-color`, which may stand anywhere before a `--`, is for the program itself. */
export function wordsOf(argv: readonly string[]): readonly string[] {
  return argv.filter((word, index) => !isNoColor(word, argv.slice(0, index)))
}

function isNoColor(word: string, before: readonly string[]): boolean {
  return word === "--no-color" && !before.includes("--")
}

/** The whole configuration. Paths in it are relative to the workspace, wherever the command is run. */
export async function wholeConfig({ loadConfig, process }: Launch): Promise<Config> {
  const { resolveConfig } = await import("./config.ts")
  const file = (await loadConfig()) as FreshetConfig | undefined // the file's default export, which `defineConfig` typed
  return resolveConfig(file, workspace, process.env)
}

/** The command that starts the keeper of the embedded server. */
export function keeperCommandOf({ process, keeperPath }: Launch): readonly string[] {
  return [process.execPath, keeperPath]
}
