import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { type Asset, int32, itself, noRows, sql, sqlAsset } from "@freshet/core"
import { withTestDatabase } from "@freshet/embedded-postgres/testing"
import { expect, test } from "vitest"

import { resolveConfig } from "../src/config.ts"
import { createServices } from "../src/create-services.ts"

const numbers = sqlAsset({
  name: "numbers",
  group: "g",
  description: "Numbers.",
  columns: { n: int32() },
  query: sql`select 1::integer as n`,
})

function doubled(column: string, checked = "n"): Asset {
  const name = { kind: "sql", parts: [{ kind: "text", text: column }] } as const
  const other = { kind: "sql", parts: [{ kind: "text", text: checked }] } as const
  return sqlAsset({
    name: "doubled",
    group: "g",
    description: "Twice the numbers.",
    columns: { n: int32() },
    query: sql`select (${name} * 2)::integer as n from ${numbers}`,
    checks: [
      noRows("even", {
        description: "all even",
        query: sql`from ${itself} where ${other} % 2 = 1`,
      }),
    ],
  })
}

function open(url: string, home: string, asset: Asset): Promise<number> {
  const environment = { DATABASE_URL: url, FRESHET_HOME: home, FRESHET_LANDING: home }
  const config = resolveConfig({ assets: [numbers, asset] }, home, environment)
  const { signal } = new AbortController()
  const options = {
    supervisorCommand: [],
    codeProgram: undefined,
    signal,
    emit: () => {},
    watchesSteps: false,
  }
  const services = createServices(config, options)
  return services.withProject({}, async ({ graph }) => graph.assets.size)
}

test("a query or a check that does not bind is a problem at every opening until it is fixed", async () => {
  const home = mkdtempSync(join(tmpdir(), "freshet-bind-"))
  await withTestDatabase(async (url) => {
    const broken = {
      code: "usage",
      problems: [{ asset: "doubled" }, { asset: "doubled" }],
    }
    await expect(open(url, home, doubled("m", "k"))).rejects.toMatchObject(broken)
    await expect(open(url, home, doubled("m", "k"))).rejects.toMatchObject(broken)
    expect(await open(url, home, doubled("n"))).toBe(2)
    expect(await open(url, home, doubled("n"))).toBe(2)
    await expect(open(url, home, doubled("n", "k"))).rejects.toMatchObject({ code: "usage" })
  })
  rmSync(home, { recursive: true })
})
