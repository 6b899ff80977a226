import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"

import { definitions } from "@freshet/assets"
import { withPostgres } from "@freshet/embedded-postgres"
import { type Config, resolveConfig } from "@freshet/services"

import type { CommandSettings } from "./freshet-process.ts"
import { expectNoProcesses } from "./processes.ts"
import { getSupervisorCommand } from "./supervisor-command.ts"
import { withTestDatabase } from "./test-database.ts"

/** A folder with a landing zone and a state folder of its own, and a database. */
export interface TestProject extends CommandSettings {
  readonly home: string
  readonly lake: string
  readonly landing: string
  readonly config: Config
  /** Lends the URL of the database while it is up. */
  readonly withDatabase: <T>(work: (url: string) => Promise<T>) => Promise<T>
}

/** A workplace whose database is embedded, in the state folder: starting and stopping it is part of every command. */
export async function withEmbeddedTestProject<T>(
  work: (place: TestProject) => Promise<T>,
): Promise<T> {
  return withFolder(async (folder) => work(createTestProject(folder, {})))
}

/** A workplace in a database of a server that other tests share: quicker to have. */
export async function withTestProject<T>(work: (place: TestProject) => Promise<T>): Promise<T> {
  return withFolder((folder) =>
    withTestDatabase((url) => work(createTestProject(folder, { DATABASE_URL: url }))),
  )
}

async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "freshet-system-")))
  try {
    const result = await work(folder)
    await expectNoProcesses(folder)
    return result
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** The workplace that has its folders here; it may be there already. */
export function createTestProject(
  folder: string,
  database: Readonly<Record<string, string>>,
): TestProject {
  const home = join(folder, "home")
  const landing = join(folder, "landing")
  const environment = { FRESHET_HOME: home, FRESHET_LANDING: landing, ...database }
  const config = resolveConfig({ assets: definitions() }, folder, environment)
  const { databaseUrl } = config
  return {
    folder,
    home,
    landing,
    lake: config.lake,
    environment,
    config,
    withDatabase: async (work) =>
      withPostgres({ databaseUrl, home, supervisorCommand: await getSupervisorCommand() }, work),
  }
}

/** The same place with other environment variables set. */
export function withEnvironment(
  place: TestProject,
  environment: Readonly<Record<string, string>>,
): TestProject {
  return { ...place, environment: { ...place.environment, ...environment } }
}

/** Puts a file into the landing zone, by its path under `stocktwits`. */
export function land(
  place: Pick<TestProject, "landing">,
  path: string,
  content: string | Uint8Array,
): void {
  const target = join(place.landing, "stocktwits", path)
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, content)
}
