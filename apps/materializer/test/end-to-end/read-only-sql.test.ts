import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

import { expect, test } from "vitest"

import { expectDone, runFreshet } from "./freshet-process.ts"
import { findPartitionFile, withMaterializedShop } from "./shop.ts"

test("sql reads the assets of the project and can neither write nor read anything else", async () => {
  await withMaterializedShop(async (project) => {
    const stored = findPartitionFile(project, "items", "2026-01-04")
    const storedBytes = readFileSync(stored)
    const target = join(project.folder, "written.csv")
    writeFileSync(join(project.landing, "neighbour.csv"), "word\nhidden\n")
    const statements = [
      `copy (select 1) to '${target}'`,
      `copy items to '${stored}'`,
      `attach '${target}'`,
      "install httpfs",
      "set threads = 1",
      "create table copied as from items",
      "select * from read_text('/etc/hostname')",
      `from '${project.landing}/neighbour.csv'`,
      "from enable_logging()",
    ]
    for (const statement of statements) {
      const { code, stdout, stderr } = await runFreshet(project, "sql", statement)
      expect({ statement, code, stdout }).toEqual({ statement, code: 2, stdout: "" })
      expect(stderr).toContain("error: Queries are read-only: ")
    }
    const variable = await runFreshet(project, "sql", "select getenv('HOME')")
    expect(variable).toMatchObject({ code: 2, stdout: "" })
    expect(existsSync(target)).toBe(false)
    expect(readFileSync(stored)).toEqual(storedBytes)

    const query = `select (select count(*) from items) as newest, (select count(*) from "orders@all") as landed`
    const answer = await runFreshet(project, "sql", query, "--json")
    expectDone(answer)
    expect(JSON.parse(answer.stdout)).toMatchObject({ rows: [{ newest: 6, landed: 52 }] })
  })
})
