import { cpSync, readFileSync } from "node:fs"
import { join } from "node:path"

import { createEnvironment, migrateLedgers, withLedgerConnection } from "@freshet/io"
import { withMigrations } from "@freshet/io/testing"
import { expect, test } from "vitest"

import { type DeclaredProject, withDeclaredProject } from "./declared-project.ts"
import { expectDone, readFreshetJson, runFreshet } from "./freshet-process.ts"
import { withLedgerClient } from "./ledger-contents.ts"
import { declarePairs, environmentRows } from "./pairs.ts"
import { landRaw, readPublishedRows, withPublishedRecs } from "./published-recs.ts"

const fixture = join(import.meta.dirname, "fixtures/ledger-before-house")
const declarations = `import { assets } from "./test/end-to-end/fixtures/ledger-before-house/declarations.ts"`

interface MaterializationRow {
  readonly asset: string
  readonly partition: number
  readonly data_version: string
  readonly input_version: string
}

test("a ledger and a lake of an earlier version are read: the same states, nothing recomputed, equal data versions", async () => {
  await withEarlierProject(async (project) => {
    const recorded = await readMaterializations(project)
    expect(recorded).toHaveLength(7)
    expect(await readStates(project)).toEqual({
      events: { fresh: 4, stale: 0, missing: 0, failed: 0 },
      engagements: { fresh: 3, stale: 0, missing: 0, failed: 1 },
      recent_engagements: { fresh: 2, stale: 0, missing: 2, failed: 0 },
      recommendations: { fresh: 1, stale: 0, missing: 3, failed: 0 },
    })
    expectDone(await runFreshet(project, "plan", "--exit-code"))
    expectDone(await runFreshet(project, "materialize"))
    expect(await readMaterializations(project)).toEqual(recorded)
  })
})

test("rows that failed a check before the upgrade are still shown", async () => {
  await withEarlierProject(async (project) => {
    const words = ["data", "head", "engagements", "--partition", "2026-01-02", "--failed-rows"]
    const { code, stdout } = await runFreshet(project, ...words)
    expect(code).toBe(0)
    expect(stdout).toMatch(/user_id +rec_id/)
  })
})

test("after the upgrade a new day materializes alone", async () => {
  await withEarlierProject(async (project) => {
    const recorded = await readMaterializations(project)
    project.land("events/2026-01-05.json", `{"user_id":1,"rec_id":2}\n{"user_id":1,"rec_id":2}\n`)
    expectDone(await runFreshet(project, "materialize"))
    const now = await readMaterializations(project)
    expect(now.slice(0, recorded.length)).toEqual(recorded)
    const added = now.slice(recorded.length).map(({ asset, partition }) => [asset, partition])
    expect(added).toEqual([
      ["engagements", 20458],
      ["recent_engagements", 20458],
      ["recommendations", 20458],
    ])
  })
})

test("commands use an environment that an earlier version created, and bring its ledger up to date", async () => {
  await withPublishedRecs(declarePairs(), async (project) => {
    await project.withDatabase(createEarlierEnvironment)
    landRaw(project, "2026-01-01", 1)
    const words = ["materialize", "recs", "--date", "2026-01-01"]
    expectDone(await runFreshet(project, "--env", "pr-42", ...words))
    expect(await readPublishedRows(project, environmentRows)).toEqual(["1 1 1"])
    expectDone(await runFreshet(project, ...words))
    expect(await readPublishedRows(project)).toEqual(["1 1 1"])
    expectDone(await runFreshet(project, "env", "drop", "pr-42", "--yes"))
  })
})

/** Creates the environment pr-42 with the ledger of the first version that had environments. */
async function createEarlierEnvironment(url: string): Promise<void> {
  await withMigrations(20, (folder) =>
    withLedgerConnection(url, (client) => migrateLedgers(client, folder)),
  )
  await createEnvironment(url, {
    name: "pr-42",
    wait: true,
    onWait: () => undefined,
    createTables: async (client) => {
      await client.query(
        `create schema public__pr_42; create table public__pr_42.recs (like public.recs including all);
        update freshet.environments set schemas = schemas || 'public__pr_42'::text`,
      )
    },
  })
}

/** Runs `work` with a copy of the stored project: ledger, lake, landing zone and declarations. */
async function withEarlierProject(work: (project: DeclaredProject) => Promise<void>) {
  await withDeclaredProject(declarations, async (project) => {
    cpSync(join(fixture, "landing"), project.landing, { recursive: true })
    cpSync(join(fixture, "home"), project.home, { recursive: true })
    await withLedgerClient(project, (client) =>
      client.query(readFileSync(join(fixture, "ledger.sql"), "utf8")),
    )
    await work(project)
  })
}

async function readMaterializations(
  project: DeclaredProject,
): Promise<readonly MaterializationRow[]> {
  return withLedgerClient(project, async (client) => {
    const { rows } = await client.query<MaterializationRow>(
      "select asset, partition, data_version, input_version from freshet.materializations order by id",
    )
    return rows
  })
}

interface StatusDocument {
  readonly assets: readonly {
    readonly name: string
    readonly partitions: Readonly<Record<string, number>>
  }[]
}

async function readStates(project: DeclaredProject) {
  const { assets } = await readFreshetJson<StatusDocument>(project, "status")
  return Object.fromEntries(
    assets.map(({ name, partitions: { fresh, stale, missing, failed } }) => [
      name,
      { fresh, stale, missing, failed },
    ]),
  )
}
