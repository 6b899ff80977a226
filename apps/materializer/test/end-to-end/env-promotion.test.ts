import { rmSync } from "node:fs"
import { join } from "node:path"

import { createRandom } from "@freshet/core/engine"
import type { PromotionDocument } from "@freshet/services"
import { promotionSchema } from "@freshet/services/documents"
import { expect, test } from "vitest"

import { parseDocument } from "../fixtures/parse-document.ts"
import type { DeclaredProject } from "./declared-project.ts"
import { runFreshet } from "./freshet-process.ts"
import { killAtLock } from "./kill-at-lock.ts"
import { readContents, withLedgerClient } from "./ledger-contents.ts"
import { allDays, days, declarePairs, run, withLandedPairs, withPairs } from "./pairs.ts"
import { landRaw, readPublishedRows } from "./published-recs.ts"
import { withRunUnderWay } from "./run-under-way.ts"
import { landSmallInput } from "./small-input.ts"
import { listStoredFiles } from "./stored-files.ts"
import { withTestProject } from "./test-project.ts"

const nothingStale = "Nothing is stale: all requested partitions are fresh.\n"

async function promote(
  project: Pick<DeclaredProject, "folder" | "environment">,
): Promise<PromotionDocument> {
  const result = await runFreshet(project, "env", "promote", "pr-42", "--json")
  expect(result.stderr).toBe("")
  return parseDocument(promotionSchema, result.stdout)
}

/** Runs `work` with an environment in which the leaf `recs` has other code, which is declared. */
function withChangedLeaf(work: (project: DeclaredProject) => Promise<void>): Promise<void> {
  return withPairs(async (project) => {
    await run(project, "env", "create", "pr-42")
    await project.declare(declarePairs(10))
    await run(project, "--env", "pr-42", "materialize", "recs", ...allDays)
    await work(project)
  })
}

/** Reads the runs of the default environment that an environment executed. */
function readEnvironmentRuns(project: DeclaredProject): Promise<readonly unknown[]> {
  return withLedgerClient(project, async (client) => {
    const text = "select kind, outcome from freshet.runs where command like '% --env pr-42'"
    return (await client.query(text)).rows
  })
}

test("promotion makes the files of an environment current and publishes once, without a step", async () => {
  await withChangedLeaf(async (project) => {
    const files = listStoredFiles(project)
    const { promoted, stale, run: promotionRun } = await promote(project)
    expect(promoted).toMatchObject([{ asset: "recs", count: 3 }])
    expect(stale).toEqual([])
    expect(promotionRun).toMatchObject({ steps: [], publications: [{ set: "s" }] })
    expect(await readPublishedRows(project)).toEqual(["1 3 10"])
    expect(listStoredFiles(project)).toEqual(files)
    expect(await run(project, "materialize", "recs", ...allDays)).toBe(nothingStale)
    rmSync(join(project.home, "histories"))
    expect(await run(project, "materialize", "recs", ...allDays)).toBe(nothingStale)
    expect(await run(project, "runs", "list")).toContain("--env pr-42")
    expect(await readEnvironmentRuns(project)).toEqual([{ kind: "backfill", outcome: "succeeded" }])
    await run(project, "env", "drop", "pr-42", "--yes")
    await run(project, "gc", "--grace", "0", "--yes")
    expect(await run(project, "materialize", "recs", ...allDays)).toBe(nothingStale)
    expect(await run(project, "verify", "--sample", "100%")).toContain("no differences")
  })
})

test("partitions whose inputs changed since are not promoted, and newer ones of the default environment stay", async () => {
  await withChangedLeaf(async (project) => {
    await project.declare(declarePairs())
    landRaw(project, days[0], 9)
    landRaw(project, "2026-01-04", 4)
    await run(project, "materialize", "recs", "--from", days[0], "--to", "2026-01-04")
    await project.declare(declarePairs(10))
    const { promoted, stale } = await promote(project)
    expect(promoted).toMatchObject([
      { asset: "recs", partitions: [{ from: days[1], to: days[2] }] },
    ])
    expect(stale).toMatchObject([{ asset: "recs", partitions: [{ from: days[0], to: days[0] }] }])
    const rest = await run(project, "plan", "recs", "--from", days[0], "--to", "2026-01-04")
    expect(rest).toContain("2 steps")
    expect(rest).not.toContain("pairs ")
    await run(project, "materialize", "recs", "--from", days[0], "--to", "2026-01-04")
    expect(await readPublishedRows(project)).toEqual(["1 4 10"])
  })
})

test("a promotion of other code than the declared one changes nothing", async () => {
  await withChangedLeaf(async (project) => {
    await project.declare(declarePairs())
    expect(await promote(project)).toMatchObject({ promoted: [], run: { publications: [] } })
    expect(await readPublishedRows(project)).toEqual(["1 3 1"])
    expect(await run(project, "materialize", "recs", ...allDays)).toBe(nothingStale)
  })
})

test("a promotion waits until no run is under way", async () => {
  await withChangedLeaf(async (project) => {
    await withRunUnderWay(project, async () => {
      expect((await runFreshet(project, "env", "promote", "pr-42", "--no-wait")).code).toBe(7)
    })
    expect(await promote(project)).toMatchObject({ promoted: [{ asset: "recs", count: 3 }] })
  })
})

test.each([
  ["before its commit", "freshet.materializations", ["1 3 1"]],
  ["before its publication", "recs", ["1 3 1"]],
] as const)(
  "a promotion that is killed %s is completed by the next one",
  async (_, table, rows) => {
    await withChangedLeaf(async (project) => {
      const lock = { table, mode: "share row exclusive" } as const
      await killAtLock(project, lock, "env", "promote", "pr-42")
      expect(await readPublishedRows(project)).toEqual(rows)
      await promote(project)
      expect(await readPublishedRows(project)).toEqual(["1 3 10"])
      expect(await run(project, "materialize", "recs", ...allDays)).toBe(nothingStale)
    })
  },
)

test("all assets of the demo, materialized in an environment, are promoted with their tables", async () => {
  await withTestProject(async (project) => {
    await landSmallInput(project)
    const words = ["materialize", "group:stocktwits"] as const
    expect((await runFreshet(project, "env", "create", "pr-42")).code).toBe(0)
    expect((await runFreshet(project, "--env", "pr-42", ...words)).code).toBe(0)
    const { promoted, stale, run: promotionRun } = await promote(project)
    expect(promoted.length).toBeGreaterThan(20)
    expect(stale).toEqual([])
    expect(promotionRun.steps).toEqual([])
    expect((await runFreshet(project, ...words)).stdout).toBe(nothingStale)
    const { published } = await readContents(project)
    for (const [table, tableRows] of published) {
      expect(tableRows.length).toBeGreaterThan(0)
      const environmentTable = await withLedgerClient(project, async (client) => {
        const { rows } = await client.query<{ row: string }>(
          `select (to_jsonb(t) - '{created_at,updated_at}'::text[])::text as row
           from stocktwits__pr_42.${table} as t order by 1`,
        )
        return rows.map(({ row }) => row)
      })
      expect(environmentTable).toEqual(tableRows)
    }
  })
})

/** Lands, declares and materializes at random, in the environment and in the default one; the environment is complete at the end. */
async function editRandomly(
  project: DeclaredProject,
  choose: (count: number) => number,
): Promise<string> {
  let declarations = declarePairs()
  await run(project, "env", "create", "pr-42")
  for (let edit = 0; edit < 6; edit += 1) {
    const kind = choose(4)
    const day = days[choose(days.length)] ?? days[0]
    if (kind === 0) landRaw(project, day, choose(4) + 1)
    if (kind === 1) {
      declarations = declarePairs(choose(3) + 1, choose(2) + 1)
      await project.declare(declarations)
    }
    if (kind === 2) await run(project, "--env", "pr-42", "materialize", "recs", "--date", day)
    if (kind === 3) await run(project, "materialize", "recs", "--date", day)
  }
  await run(project, "--env", "pr-42", "materialize", "recs", ...allDays)
  return declarations
}

interface Result {
  readonly rows: readonly string[]
  readonly versions: readonly string[]
}

/** Reads the published rows, and the data versions of the newest materializations. */
async function readResult(project: DeclaredProject): Promise<Result> {
  const versions = await withLedgerClient(project, async (client) => {
    const { rows } = await client.query<{ version: string }>(
      `select distinct on (asset, partition) asset || ' ' || partition || ' ' || data_version as version
       from freshet.materializations order by asset, partition, seq desc`,
    )
    return rows.map(({ version }) => version)
  })
  return { rows: await readPublishedRows(project), versions }
}

test.each([1, 2, 3, 4])(
  "after random edits and a promotion the default environment is as if it was materialized directly (seed %i)",
  async (seed) => {
    await withPairs(async (project) => {
      const declarations = await editRandomly(project, createRandom(seed).below)
      expect((await promote(project)).run.steps).toEqual([])
      expect(await run(project, "materialize", "recs", ...allDays)).toBe(nothingStale)
      const result = await readResult(project)
      await withLandedPairs(async (direct) => {
        await direct.declare(declarations)
        const sameFiles = { ...direct.environment, FRESHET_LANDING: project.landing }
        await run({ ...direct, environment: sameFiles }, "materialize", "recs", ...allDays)
        expect(result).toEqual(await readResult(direct))
      })
    })
  },
)
