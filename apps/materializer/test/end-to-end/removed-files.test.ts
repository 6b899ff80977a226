import { rmSync } from "node:fs"
import { join } from "node:path"

import { expect, test } from "vitest"

import type { DeclaredProject } from "./declared-project.ts"
import { expectDone, readFreshetJson, runFreshet } from "./freshet-process.ts"
import {
  declareRecs,
  landRaw,
  readPublishedRows,
  recsPrelude,
  withPublishedRecs,
} from "./published-recs.ts"
import { flipBit, listStoredFiles } from "./stored-files.ts"

/** `total` accumulates the events of `recs`, and is published. */
function declareTotal({ whenRemoved = "", condition = "true" } = {}): string {
  return `${recsPrelude.replace('name: "raw",', `name: "raw", ${whenRemoved}`)}
    import { previous } from "@freshet/core"
    const recs = sqlAsset({
      ...common, columns, name: "recs", description: "Events by pair.",
      query: sql\`select u, r, count(*) as n from \${raw} where ${condition} group by u, r\`,
    })
    const total = sqlAsset({
      ...common, columns, name: "total", description: "All events by pair.",
      query: sql\`select u, r, sum(n)::bigint as n
        from (select * from \${recs} union all select * from \${previous()}) group by u, r\`,
      publish: publishTo(recsTable, { set: "s" }),
    })
    export const assets = [raw, recs, total]`
}

function removeRaw(project: DeclaredProject, ...days: readonly string[]): void {
  for (const day of days) rmSync(join(project.landing, `raw/${day}.json`))
}

const warning =
  "2 files of raw are no longer landed (2026-01-01 to 2026-01-02). The rows of recs that were computed from them stand and cannot be recomputed."

test("rows that were computed from removed old files stand, and every command says that they cannot be recomputed", async () => {
  await withPublishedRecs(declareTotal(), async (project) => {
    for (const day of [1, 2, 3]) landRaw(project, `2026-01-0${day}`, day)
    expectDone(await runFreshet(project, "materialize"))
    removeRaw(project, "2026-01-01", "2026-01-02")
    const idle = await runFreshet(project, "materialize")
    expectDone(idle)
    expect(idle.stdout).toBe("Nothing is stale: all requested partitions are fresh.\n")
    expect(idle.stderr).toContain(warning)

    landRaw(project, "2026-01-04", 4)
    const plan = await runFreshet(project, "plan")
    expect(plan.stderr).toContain(warning)
    expect(plan.stdout).toContain("2 steps of 2 computations")
    expectDone(await runFreshet(project, "materialize"))
    expect(await readPublishedRows(project)).toEqual(["1 1 1", "1 2 1", "1 3 1", "1 4 1"])

    expect((await runFreshet(project, "status")).stderr).toContain(warning)
    expect(
      (await runFreshet(project, "why", "recs", "--partition", "2026-01-01")).stdout,
    ).toContain("raw/2026-01-01.json is no longer landed: the rows cannot be recomputed.")
    const backfill = await runFreshet(project, "backfill", "recs", "--date", "2026-01-01")
    expect(backfill.stderr).toContain(warning)
    const verify = await runFreshet(project, "verify", "recs", "--date", "2026-01-01")
    expect(verify.stdout + verify.stderr).toContain(
      "cannot be recomputed: the file of `raw` 2026-01-01 is no longer landed",
    )
  })
})

test("kept rows whose code changes are blocked with the removed file, until the source retracts them", async () => {
  await withPublishedRecs(declareTotal(), async (project) => {
    for (const day of [1, 2, 3]) landRaw(project, `2026-01-0${day}`, day)
    expectDone(await runFreshet(project, "materialize"))
    removeRaw(project, "2026-01-01", "2026-01-02")
    await project.declare(declareTotal({ condition: "r < 100" }))
    const blocker = "raw/2026-01-01.json (raw), which is no longer landed"
    expect((await runFreshet(project, "plan")).stdout).toContain(`blocked by ${blocker}`)
    const backfill = await runFreshet(project, "backfill", "recs", "--date", "2026-01-01")
    expect(backfill).toMatchObject({ code: 11 })
    expect(backfill.stdout + backfill.stderr).toContain(blocker)
    await runFreshet(project, "materialize")
    expect(await readPublishedRows(project)).toEqual(["1 1 1", "1 2 1", "1 3 1"])
    const { blocker: whyBlocker } = await readFreshetJson<{ readonly blocker: string }>(
      project,
      "why",
      "recs",
      "--partition",
      "2026-01-01",
    )
    expect(whyBlocker).toBe(blocker)

    await project.declare(
      declareTotal({ condition: "r < 100", whenRemoved: 'whenRemoved: "retract",' }),
    )
    expectDone(await runFreshet(project, "materialize"))
    expect(await readPublishedRows(project)).toEqual(["1 3 1"])
  })
})

test.each(["missing", "damaged"])(
  "kept rows whose stored file is %s are blocked with the removed file, and no published row is lost",
  (fault) =>
    withPublishedRecs(declareTotal(), async (project) => {
      for (const day of [1, 2, 3]) landRaw(project, `2026-01-0${day}`, day)
      expectDone(await runFreshet(project, "materialize"))
      removeRaw(project, "2026-01-01", "2026-01-02")
      const file = listStoredFiles(project).find((name) => name.startsWith("recs/2026-01-01/"))
      const path = join(project.lake, file ?? "")
      if (fault === "missing") rmSync(path)
      else flipBit(path)
      landRaw(project, "2026-01-04", 4)
      for (let run = 0; run < 2; run += 1) {
        const { code, stdout, stderr } = await runFreshet(project, "materialize")
        expect({ code, output: stdout + stderr }).toEqual({
          code: 11,
          output: expect.stringContaining("raw/2026-01-01.json (raw), which is no longer landed"),
        })
        expect(await readPublishedRows(project)).toEqual(["1 1 1", "1 2 1", "1 3 1"])
      }
      landRaw(project, "2026-01-01", 1)
      landRaw(project, "2026-01-02", 2)
      expectDone(await runFreshet(project, "materialize"))
      expect(await readPublishedRows(project)).toEqual(["1 1 1", "1 2 1", "1 3 1", "1 4 1"])
    }),
)

test("a set whose source retracted all its files is published without rows, and again with the next file", async () => {
  const retracting = declareRecs().replace('name: "raw",', 'name: "raw", whenRemoved: "retract",')
  await withPublishedRecs(retracting, async (project) => {
    landRaw(project, "2026-01-01", 1)
    expectDone(await runFreshet(project, "materialize"))
    removeRaw(project, "2026-01-01")
    expect((await runFreshet(project, "plan")).stdout).toContain(
      "publish s without partitions (1 table; now 2026-01-01, which no longer exists)",
    )
    const run = await runFreshet(project, "materialize")
    expectDone(run)
    expect(run.stdout).toContain(
      "Published s without partitions. It replaces 2026-01-01, which no longer exists.",
    )
    expect(run.stderr).toContain("published s without partitions: 0 inserted, 0 updated, 1 deleted")
    expect(await readPublishedRows(project)).toEqual([])
    expect(await readFreshetJson(project, "status")).toMatchObject({ publications: [] })
    expect((await runFreshet(project, "materialize")).stdout).toContain("Nothing to materialize")
    landRaw(project, "2026-01-02", 2)
    expectDone(await runFreshet(project, "materialize"))
    expect(await readPublishedRows(project)).toEqual(["1 2 1"])
  })
})
