import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"

/** The launcher of the workspace. */
export const freshetPath = fileURLToPath(
  new URL("../../apps/materializer/bin/freshet.js", import.meta.url),
)

/** Folders and variables of a command. */
export interface FreshetSettings {
  readonly home: string
  readonly landing: string
  readonly databaseUrl: string
  /** Folder of the configuration; default: the workspace. */
  readonly project?: string
}

const workspace = fileURLToPath(new URL("../../", import.meta.url))

/** Builds the environment of a command. */
export function toEnvironmentVariables({
  home,
  landing,
  databaseUrl,
  project = workspace,
}: FreshetSettings) {
  return {
    FRESHET_HOME: home,
    FRESHET_LANDING: landing,
    FRESHET_PROJECT: project,
    DATABASE_URL: databaseUrl,
  }
}

/** Runs a command of Freshet to its end. */
export function spawnFreshet(words: readonly string[], settings: FreshetSettings) {
  return spawnSync(process.execPath, [freshetPath, ...words], {
    encoding: "utf8",
    env: { ...process.env, ...toEnvironmentVariables(settings) },
  })
}
