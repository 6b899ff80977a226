import type { MigrationsDocument } from "../documents/migrations.ts"
import type { Services } from "../services.ts"
import {
  findMissingMigrations,
  generateMigration,
  type GenerateOptions,
  listMigrations,
} from "./migration-generator.ts"

/** Applies the migrations of the published tables to the database; the ledger's are applied before. */
export async function migrateTables(services: Services): Promise<MigrationsDocument> {
  await services.withLedger(async () => {})
  return describeMigrations(services, { written: [], is_missing: false })
}

/** Checks that the migrations make the declared tables. The database is not used. */
export async function checkMigrations(services: Services): Promise<MigrationsDocument> {
  const missing = await findMissingMigrations(services.config)
  return describeMigrations(services, { written: [], is_missing: missing.length > 0 })
}

/** Writes the migration that the declared tables need. The database is not used. */
export async function writeMigration(
  services: Services,
  options: GenerateOptions,
): Promise<MigrationsDocument> {
  const written = await generateMigration(services.config, options)
  return describeMigrations(services, { written, is_missing: false })
}

async function describeMigrations(
  { config: { migrations: folder } }: Services,
  result: Pick<MigrationsDocument, "written" | "is_missing">,
): Promise<MigrationsDocument> {
  return { folder, migrations: await listMigrations(folder), ...result }
}
