import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { getMigrationsFolder } from "@freshet/schema"

interface Journal {
  readonly entries: readonly { readonly tag: string; readonly when: number }[]
}

/** Runs `work` with a copy of the ledger's migrations, up to the one of this number: those of an earlier version. */
export async function withMigrations<T>(
  last: number,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "freshet-migrations-"))
  try {
    await cp(getMigrationsFolder(), folder, { recursive: true })
    const journal = await readJournal(folder)
    const entries = journal.entries.filter(({ tag }) => Number.parseInt(tag, 10) <= last)
    await writeJournal(folder, { ...journal, entries })
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Adds a migration that is newer than all others. */
export async function addMigration(folder: string, text: string): Promise<void> {
  const journal = await readJournal(folder)
  const newest = journal.entries.at(-1)
  const entry = { ...newest, tag: "9999_next", when: (newest?.when ?? 0) + 1 }
  await writeFile(join(folder, "9999_next.sql"), text)
  await writeJournal(folder, { ...journal, entries: [...journal.entries, entry] })
}

async function readJournal(folder: string): Promise<Journal> {
  return JSON.parse(await readFile(join(folder, "meta/_journal.json"), "utf8")) as Journal // the generator's own file
}

function writeJournal(folder: string, journal: Journal): Promise<void> {
  return writeFile(join(folder, "meta/_journal.json"), JSON.stringify(journal))
}
