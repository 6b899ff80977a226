import { mkdirSync } from "node:fs"

import { expectDone, runShell } from "../freshet-process.ts"

/** A project outside the repository, with Freshet as a dependency. */
export interface InstalledProject {
  readonly folder: string
  /** Runs commands of a shell, which must succeed, and returns what they print. */
  readonly run: (commands: string) => Promise<string>
}

/** Creates a project with the packages of a folder of tarballs. */
export async function createInstalledProject(
  folder: string,
  tarballs: string,
): Promise<InstalledProject> {
  mkdirSync(folder)
  const project = { folder, run: (commands: string) => runCommands(folder, commands) }
  await project.run("npm init -y")
  await installPackages(project, tarballs)
  await project.run("npx freshet init")
  return project
}

/** Installs the packages of a folder of tarballs, in place of those that are installed. */
export async function installPackages(project: InstalledProject, tarballs: string): Promise<void> {
  await project.run(`npm install --no-audit --no-fund ${tarballs}/*.tgz`)
}

async function runCommands(folder: string, commands: string): Promise<string> {
  const result = await runShell({ folder, environment: {} }, commands)
  expectDone(result)
  return result.stdout
}

const queries = {
  materializations:
    "select id, asset, partition, code_version, input_version, data_version, recorded_at::text from freshet.materializations order by id",
  publishedRows:
    "select product, pieces, revenue, created_at::text, updated_at::text, xmin::text from shop.product_sales order by product",
  ledgerMigrations: "select hash, created_at from freshet.migrations order by id",
  tableMigrations: "select hash, created_at from freshet.table_migrations order by id",
}

export type RecordedProject = Readonly<Record<keyof typeof queries, readonly string[]>>

/** Reads what the database of a project has: a line for each row. */
export async function readRecorded({ run }: InstalledProject): Promise<RecordedProject> {
  const answers: [string, readonly string[]][] = []
  for (const [name, query] of Object.entries(queries)) {
    const csv = await run(`npx freshet sql --published --csv "${query}"`)
    answers.push([name, csv.trimEnd().split("\n").slice(1)])
  }
  return Object.fromEntries(answers) as RecordedProject // one answer for each query
}

interface StatusDocument {
  readonly assets: readonly {
    readonly name: string
    readonly partitions: Readonly<Record<string, number>>
  }[]
}

/** Reads how many partitions of each asset are fresh, stale, missing and failed. */
export async function readPartitionCounts({ run }: InstalledProject) {
  const { assets } = JSON.parse(await run("npx freshet status --json")) as StatusDocument
  return Object.fromEntries(
    assets.map(({ name, partitions: { fresh, stale, missing, failed } }) => [
      name,
      { fresh, stale, missing, failed },
    ]),
  )
}
