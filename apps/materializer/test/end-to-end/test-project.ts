import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs"
import { rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"

import { definitions } from "@freshet/assets"
import { withPostgres } from "@freshet/embedded-postgres"
import { getSupervisorCommand, withTestDatabase } from "@freshet/embedded-postgres/testing"
import { type Config, resolveConfig } from "@freshet/services"

import type { CommandSettings } from "./freshet-process.ts"
import { expectNoProcesses } from "./processes.ts"

/** A folder with a landing zone and a state folder of its own, and a database. */
export interface TestProject extends CommandSettings {
  readonly home: string
  readonly lake: string
  readonly landing: string
  readonly config: Config
  /** Runs `work` with the URL of the database, which is up meanwhile. */
  readonly withDatabase: <T>(work: (url: string) => Promise<T>) => Promise<T>
}

/** Runs `work` with a project whose embedded database lies in its state folder: every command starts and stops it. */
export async function withEmbeddedTestProject<T>(
  work: (place: TestProject) => Promise<T>,
): Promise<T> {
  return withFolder(async (folder) => work(createTestProject(folder, {})))
}

/** Runs `work` with a project whose database is on the server that tests share. */
export async function withTestProject<T>(work: (place: TestProject) => Promise<T>): Promise<T> {
  return withFolder((folder) =>
    withTestDatabase((url) => work(createTestProject(folder, { DATABASE_URL: url }))),
  )
}

/** A project open from `beforeAll` to `afterAll`. */
export interface OpenTestProject extends TestProject {
  readonly close: () => Promise<void>
}

/** Opens a project with an embedded database that lasts until it is closed. */
export function openTestProject(variables: Readonly<Record<string, string>>): OpenTestProject {
  const folder = createFolder()
  const project = withEnvironment(createTestProject(folder, {}), variables)
  return { ...project, close: () => removeFolder(folder) }
}

async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = createFolder()
  try {
    const result = await work(folder)
    await expectNoProcesses(folder)
    return result
  } finally {
    await removeFolder(folder)
  }
}

function createFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), "freshet-system-")))
}

/** Removes a folder in which a server may be stopping. */
function removeFolder(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 })
}

/** Describes the project in a folder, which may exist already. */
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

/** Returns the same project with other environment variables. */
export function withEnvironment<P extends CommandSettings>(
  place: P,
  environment: Readonly<Record<string, string>>,
): P {
  return { ...place, environment: { ...place.environment, ...environment } }
}

/** Returns the same project with a clock that is this much ahead in its commands. */
export function withClockAhead<P extends CommandSettings>(place: P, ms: number): P {
  const clock = `const { now } = Date; Date.now = () => now.call(Date) + ${ms}`
  return withEnvironment(place, {
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(clock)}`,
  })
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
