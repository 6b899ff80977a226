import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"

/** The program as a person runs it. */
export const freshetPath = fileURLToPath(
  new URL("../../apps/materializer/bin/freshet.js", import.meta.url),
)

/** Where a command of Freshet works. */
export interface FreshetPlace {
  readonly home: string
  readonly landing: string
  readonly databaseUrl: string
}

/** The environment of a command that works there. */
export function freshetEnvironment({ home, landing, databaseUrl }: FreshetPlace) {
  return { FRESHET_HOME: home, FRESHET_LANDING: landing, DATABASE_URL: databaseUrl }
}

/** Runs a command of Freshet to its end. */
export function freshet(words: readonly string[], place: FreshetPlace) {
  return spawnSync(process.execPath, [freshetPath, ...words], {
    encoding: "utf8",
    env: { ...process.env, ...freshetEnvironment(place) },
  })
}
