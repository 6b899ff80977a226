import { execFile } from "node:child_process"
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { join, resolve } from "node:path"
import { promisify } from "node:util"

import { expect, test } from "vitest"

const root = resolve(import.meta.dirname, "..")

/** Runs the generator on these sources in a copy; its exit status is not meaningful. */
async function generateInCopy(edit: (source: string) => string) {
  const folder = await mkdtemp(join(root, ".freshet-migrations-"))
  try {
    for (const part of ["src", "migrations", "drizzle.config.ts"])
      await cp(join(root, part), join(folder, part), { recursive: true })
    const tables = join(folder, "src/stocktwits/tables.ts")
    await writeFile(tables, edit(await readFile(tables, "utf8")))
    const program = join(root, "node_modules/drizzle-kit/bin.cjs")
    const { stdout } = await promisify(execFile)(process.execPath, [program, "generate"], {
      cwd: folder,
    })
    const committed = await readdir(join(root, "migrations"))
    const added = (await readdir(join(folder, "migrations"))).filter((f) => !committed.includes(f))
    return { stdout, added }
  } finally {
    await rm(folder, { recursive: true })
  }
}

test("the committed migrations make exactly the declared tables", async () => {
  const { stdout, added } = await generateInCopy((source) => source)
  expect(stdout).toContain("No schema changes, nothing to migrate")
  expect(added).toEqual([])
})

test("a column that no migration makes is noticed", async () => {
  const { stdout, added } = await generateInCopy((source) =>
    source.replace("weight: integer().notNull(),", "weight: integer().notNull(), note: varchar(),"),
  )
  expect(stdout).not.toContain("No schema changes")
  expect(added).toHaveLength(1)
})
