import { fileURLToPath } from "node:url"

import type { Known } from "./commands/command-line.ts"
import type { Config, FreshetConfig, Settings } from "./config.ts"

/** What the launcher gives: the way to the configuration, the programs of the keeper and of the second thread that looks into the landing zone, and the process itself. */
export interface Launch {
  readonly loadConfig: () => Promise<unknown>
  /** What the configuration says besides its assets, where nothing but an edit can change that and what they are; then no others have the same name. */
  readonly known?: { readonly declarations: string; readonly settings: object } | undefined
  readonly keeperPath: string
  readonly helperPath: string
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

/** What is known of the configuration before it is loaded. */
export function knownOf({ known, process }: Launch): Known | undefined {
  return known && { ...known, settings: () => knownSettings(known.settings, process.env) }
}

async function knownSettings(given: object, environment: NodeJS.ProcessEnv): Promise<Settings> {
  const { resolveSettings } = await import("./config.ts")
  return resolveSettings(given, workspace, environment)
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
