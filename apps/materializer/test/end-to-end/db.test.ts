import { withLedgerConnection } from "@freshet/io"
import { databaseSchema } from "@freshet/services/documents"
import { expect, test } from "vitest"

import { expectDone, readFreshetJson, runFreshet } from "./freshet-process.ts"
import { withEmbeddedTestProject, withTestProject } from "./test-project.ts"

test("the embedded server stays up for other programs until it is released", async () => {
  await withEmbeddedTestProject(async (project) => {
    const readStatus = async () =>
      databaseSchema.parse(await readWithoutVersion(project, ["db", "status"]))
    expect(await readStatus()).toMatchObject({ kind: "embedded", state: "down", stays_up: false })
    const up = await runFreshet(project, "db", "up")
    expectDone(up)
    expect(await readStatus()).toMatchObject({ state: "up", stays_up: true })
    expect(await selectOne(up.stdout.trim())).toEqual([{ one: 1 }])
    expectDone(await runFreshet(project, "db", "down"))
    expect(await readStatus()).toMatchObject({ stays_up: false })
  })
})

test("a query of db psql is answered with psql and without it", async () => {
  await withTestProject(async (project) => {
    const query = "select 7 as answer"
    const withoutPsql = await runFreshet(
      { ...project, environment: { ...project.environment, PATH: "/nowhere" } },
      "db",
      "psql",
      "-c",
      query,
    )
    expectDone(withoutPsql)
    expect(withoutPsql.stdout).toBe("answer\n     7\n")
    const shell = await runFreshet(
      { ...project, environment: { ...project.environment, PATH: "/nowhere" } },
      "db",
      "psql",
    )
    expect(shell).toMatchObject({ code: 2, stderr: expect.stringContaining("sql --published") })
  })
})

test("a server of one's own is named without its password, and not started or stopped", async () => {
  await withTestProject(async (project) => {
    const place = {
      ...project,
      environment: { ...project.environment, DATABASE_URL: "postgres://me:sEcret@db.example/shop" },
    }
    const { stdout } = await runFreshet(place, "db")
    expect(stdout).toBe("A server of your own: postgres://me:***@db.example/shop\n")
    expect((await runFreshet(place, "db", "url")).stdout).toBe(
      "postgres://me:***@db.example/shop\n",
    )
    expect((await runFreshet(place, "db", "up")).code).toBe(2)
  })
})

async function readWithoutVersion(
  project: Parameters<typeof readFreshetJson>[0],
  words: readonly string[],
): Promise<object> {
  const { schema_version: _, ...document } = await readFreshetJson<{ schema_version: number }>(
    project,
    ...words,
  )
  return document
}

function selectOne(url: string): Promise<readonly unknown[]> {
  return withLedgerConnection(url, async (client) => (await client.query("select 1 as one")).rows)
}
