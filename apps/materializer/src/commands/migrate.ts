import { relative } from "node:path"

import { FreshetError, formatQuantity } from "@freshet/core/engine"
import {
  checkMigrations,
  migrateTables,
  type MigrationsDocument,
  type Services,
  writeMigration,
} from "@freshet/services"

import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

export interface MigrateFlags {
  readonly check: boolean
  readonly generate: boolean
  readonly name?: string | undefined
  readonly json: boolean
}

/** Applies, checks or generates the migrations of the published tables. */
export async function migrate(cli: CommandLine, flags: MigrateFlags): Promise<number> {
  if (flags.check && flags.generate)
    throw new FreshetError("usage", "--check cannot be combined with --generate.")
  const document = await runMigrations(cli, await loadServices(cli), flags)
  const format = (path: string) => relative(cli.cwd, path)
  await (flags.json
    ? printJson(cli.out, document)
    : printLines(cli.out, formatMigrations(document, flags, format)))
  return document.is_missing ? exitCodes.workToDo : exitCodes.done
}

function runMigrations(
  cli: CommandLine,
  services: Services,
  { check, generate, name, json }: MigrateFlags,
): Promise<MigrationsDocument> {
  if (check) return checkMigrations(services)
  const interactive = cli.confirm !== undefined && !json
  return generate ? writeMigration(services, { name, interactive }) : migrateTables(services)
}

function formatMigrations(
  { folder, migrations, written, is_missing: isMissing }: MigrationsDocument,
  { check, generate }: MigrateFlags,
  format: (path: string) => string,
): readonly string[] {
  if (isMissing)
    return [
      "The declared tables have changes that no migration makes.",
      "  `freshet migrate --generate` writes the migration.",
    ]
  if (written.length > 0)
    return [
      ...written.map((path) => `Created ${format(path)}.`),
      "  The next command applies it; commit it with the tables.",
    ]
  const count = `${formatQuantity(migrations.length, "migration")} in ${format(folder)}`
  if (check || generate) return [`The migrations make the declared tables: ${count}.`]
  return [`The published tables are up to date: ${count}.`]
}
