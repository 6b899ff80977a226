import { findInstalledPostgres, withInstalledPostgres } from "@freshet/embedded-postgres/testing"
import { findFreePort } from "@freshet/io/testing"

import type { CommandSettings } from "./freshet-process.ts"
import { type TestProject, withEnvironment } from "./test-project.ts"

/** The folder of the programs of Debian's PostgreSQL, if it is installed. */
export const installedPostgres = findInstalledPostgres()

/** Runs `work` with a project whose database is on a server of Debian's PostgreSQL; without one the project stays as it is. */
export async function withExternalPostgres<
  P extends CommandSettings & Pick<TestProject, "withDatabase">,
>(project: P, work: (project: P) => Promise<void>): Promise<void> {
  if (installedPostgres === undefined) return work(project)
  const server = { programs: installedPostgres, port: await findFreePort() }
  await withInstalledPostgres(server, (url) =>
    work({
      ...withEnvironment(project, { DATABASE_URL: url }),
      withDatabase: (use: (databaseUrl: string) => Promise<unknown>) => use(url),
    }),
  )
}
