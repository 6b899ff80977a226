import { rmSync } from "node:fs"
import { join } from "node:path"

import type { PlanDocument } from "@freshet/services"
import { expect, test } from "vitest"

import { type DeclaredProject, withDeclaredProject } from "./declared-project.ts"
import { expectDone, readFreshetJson, runFreshet } from "./freshet-process.ts"

const declarations = `
  import { daily, hourly, int64, sourceAsset, sql, sqlAsset, text, unpartitioned, weekly } from "@freshet/core"
  const columns = { id: int64("Who.") }
  const days = daily({ start: "2026-01-01" })
  const source = (name, partitions, path) => sourceAsset({
    group: "g", name, partitions, path, description: name, columns, format: { kind: "csv" },
  })
  const count = (name, partitions, upstream) => sqlAsset({
    group: "g", name, partitions, description: name, columns: { n: int64("How many.") },
    query: sql\`select count(*) as n from \${upstream}\`,
  })
  const raw = source("raw", days, "raw/{partition}.csv")
  const clicks = source("clicks", hourly({ start: "2026-01-01T00" }), "clicks/{yyyy}/{mm}/{dd}/{hh}.csv")
  const bills = source("bills", weekly({ start: "2026-W01" }), "bills/{partition}.csv")
  const creditsFile = source("credits_file", unpartitioned, "movies/credits.csv")
  const recs = count("recs", days, raw)
  const clicked = count("clicked", days, clicks)
  const billed = count("billed", weekly({ start: "2026-W01" }), bills)
  const credits = count("credits", unpartitioned, creditsFile)
  const films = count("films", unpartitioned, credits)
  export const assets = [raw, clicks, bills, creditsFile, recs, clicked, billed, credits, films]`

function land({ land: landFile }: DeclaredProject, ...paths: readonly string[]): void {
  for (const path of paths) landFile(path, "id\n1\n2\n")
}

function withBlocked(work: (project: DeclaredProject) => Promise<void>): Promise<void> {
  return withDeclaredProject(declarations, async (project) => {
    const hours = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, "0"))
    land(
      project,
      ...["01", "02", "04"].map((day) => `raw/2026-01-${day}.csv`),
      ...["01", "02"].flatMap((day) => hours.map((hour) => `clicks/2026/01/${day}/${hour}.csv`)),
      ...["W02", "W04"].map((week) => `bills/2026-${week}.csv`),
    )
    rmSync(join(project.landing, "clicks/2026/01/01/07.csv"))
    rmSync(join(project.landing, "clicks/2026/01/01/09.csv"))
    await work(project)
  })
}

const blockedRequests = [
  {
    what: "a missing day",
    words: ["backfill", "recs", "--date", "2026-01-03"],
    reason: "recs 2026-01-03: waits for raw/2026-01-03.csv (raw)",
  },
  {
    what: "missing hours",
    words: ["materialize", "clicked", "--date", "2026-01-01"],
    reason:
      "clicked 2026-01-01: waits for clicks/2026/01/01/07.csv, clicks/2026/01/01/09.csv (clicks)",
  },
  {
    what: "a missing week",
    words: ["backfill", "billed", "--partition", "2026-W03"],
    reason: "billed 2026-W03: waits for bills/2026-W03.csv (bills)",
  },
  {
    what: "a file that never landed",
    words: ["materialize", "films"],
    reason: "films: waits for movies/credits.csv (credits_file)",
  },
]

test("case 16: a request that ends up blocked names its missing files and exits 11", async () => {
  await withBlocked(async (project) => {
    for (const { what, words, reason } of blockedRequests) {
      const run = await runFreshet(project, ...words)
      expect({ what, code: run.code, output: run.stdout + run.stderr }).toMatchObject({
        what,
        code: 11,
        output: expect.stringContaining(reason),
      })
    }
    const range = ["--from", "2026-01-02", "--to", "2026-01-04"]
    const run = await runFreshet(project, "backfill", "recs", ...range)
    expect(run.stdout).toContain("2 partitions materialized")
    expect(run.stdout).toContain("recs 2026-01-03: waits for raw/2026-01-03.csv (raw)")
    expect(run.code).toBe(11)

    land(project, "raw/2026-01-03.csv")
    expectDone(await runFreshet(project, "backfill", "recs", ...range))
  })
})

test("case 16: why exits 0 and names the missing file, and plan lists blocked assets", async () => {
  await withBlocked(async (project) => {
    for (const [words, lines] of [
      [["credits"], ["credits is missing", "credits: waits for movies/credits.csv (credits_file)"]],
      [["films"], ["films: waits for movies/credits.csv (credits_file)"]],
      [["recs", "--partition", "2026-01-03"], ["waits for raw/2026-01-03.csv (raw)"]],
    ] as const) {
      const why = await runFreshet(project, "why", ...words)
      expectDone(why)
      for (const line of lines) expect(why.stdout).toContain(line)
    }
    const plan = await runFreshet(project, "plan")
    expectDone(plan)
    expect(plan.stdout).toContain("credits, films: waits for movies/credits.csv (credits_file)")
    expect(await readFreshetJson<PlanDocument>(project, "plan", "films")).toMatchObject({
      not_landed: [{ asset: "films", blocker: "movies/credits.csv (credits_file)" }],
      is_blocked: true,
    })
    expectDone(await runFreshet(project, "materialize")) // films was not requested
  })
})

test("a day that does not exist yet is a mistake of the request, not a blocked partition", async () => {
  await withBlocked(async (project) => {
    const run = await runFreshet(project, "backfill", "recs", "--date", "2999-01-01")
    expect(run.code).toBe(2)
    expect(run.stderr).toContain("is not over yet")
    const late = await runFreshet(project, "backfill", "recs", "--date", "2026-01-05")
    expect(late.code).toBe(2)
    expect(late.stderr).toContain("2026-01-05 waits for raw/2026-01-05.csv (raw).")
    const early = await runFreshet(project, "backfill", "recs", "--date", "2025-12-31")
    expect(early.code).toBe(2)
  })
})
