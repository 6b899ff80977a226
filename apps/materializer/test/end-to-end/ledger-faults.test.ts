import { withLedgerConnection } from "@freshet/io"
import { expect, test } from "vitest"

import { openUnreliableServer } from "./cut-connections.ts"
import type { DeclaredProject } from "./declared-project.ts"
import { expectDone, runFreshet } from "./freshet-process.ts"
import { withMaterializedShop } from "./shop.ts"

async function runOverUnreliableServer(
  project: DeclaredProject,
  cuts: number,
  ...words: readonly string[]
) {
  const { DATABASE_URL: url = "" } = project.environment
  const server = await openUnreliableServer(url, { text: "freshet.source_files", cuts })
  try {
    const environment = { ...project.environment, DATABASE_URL: server.url }
    const result = await runFreshet({ ...project, environment }, ...words)
    return { ...result, cuts: server.countCuts() }
  } finally {
    await server.close()
  }
}

test("a connection that is lost while state is read is opened once more, and then exit 8", async () => {
  await withMaterializedShop(async (project) => {
    const expected = await runFreshet(project, "status")
    const retried = await runOverUnreliableServer(project, 1, "status")
    expect(retried).toMatchObject({ code: 0, cuts: 1, stdout: expected.stdout })
    expect(await runOverUnreliableServer(project, 1, "materialize")).toMatchObject({
      code: 0,
      cuts: 1,
    })

    for (const words of [
      ["status"],
      ["plan"],
      ["verify"],
      ["sql", "from items"],
      ["materialize"],
    ]) {
      const lost = await runOverUnreliableServer(project, Infinity, ...words)
      expect({ words, code: lost.code }).toEqual({ words, code: 8 })
      expect(lost.stderr).toContain("error: The connection to PostgreSQL was lost.")
      expect(lost.stderr).not.toContain("fault in Freshet")
    }
  })
})

test.each([
  ["postgres://me:a#b@localhost/x", "DATABASE_URL contains a # that is not encoded."],
  ["postgres://me:a@localhost:99999/x", "DATABASE_URL has the port 99999"],
])("a DATABASE_URL that cannot be right is exit 2 with a hint: %s", async (url, message) => {
  await withMaterializedShop(async (project) => {
    const environment = { ...project.environment, DATABASE_URL: url }
    const { code, stderr } = await runFreshet({ ...project, environment }, "status")
    expect(code).toBe(2)
    expect(stderr).toContain(message)
    expect(stderr).not.toContain("fault in Freshet")
  })
})

test("a ledger row that names a path outside the store is a missing file of its asset", async () => {
  await withMaterializedShop(async (project) => {
    await project.withDatabase((url) =>
      withLedgerConnection(url, (client) =>
        client.query(`update freshet.materializations set file = '../../outside.parquet'
          where id = (select max(id) from freshet.materializations where asset = 'items')`),
      ),
    )
    for (const words of [["verify"], ["verify", "--files"]]) {
      const { code, stdout } = await runFreshet(project, ...words)
      expect(code).toBe(10)
      expect(stdout).toMatch(/items 2026-01-0\d: .*\.\.\/\.\.\/outside\.parquet/)
    }
    expectDone(await runFreshet(project, "plan"))
    expectDone(
      await runFreshet(project, "backfill", "items", "--from", "2026-01-01", "--to", "2026-01-04"),
    )
    expectDone(await runFreshet(project, "verify"))
  })
})
