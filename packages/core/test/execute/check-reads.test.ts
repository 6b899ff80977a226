import { describe, expect, test } from "vitest"

import { all, last, noRows, publishTo, sql, window, type Sql } from "../../src/index.ts"
import { buildValidGraph, dailyAsset, day, source } from "../declarations.ts"
import {
  type MemoryProject,
  createProjectWithDays,
  evaluateProject,
  failedCheck,
  land,
  listStepIds,
  run,
} from "../memory-project.ts"
import { listPlanLines } from "../plan-lines.ts"
import { listOutcomes, raw } from "./chain.ts"

const people = source("people")
const known = dailyAsset("known", sql`select n from ${people}`)
const anyone = dailyAsset("anyone", sql`select true as open from ${known}`)

/** `recs` reads `raw` and `anyone`, whose rows never change; its check reads `known`. */
function declareGraph(checkQuery: Sql) {
  const checks = [noRows("known", { description: "", query: checkQuery })]
  const recs = dailyAsset("recs", sql`select n from ${raw}, ${anyone}`, { checks })
  return buildValidGraph(people, known, anyone, raw, recs, dailyAsset("top", sql`from ${recs}`))
}

const graph = declareGraph(sql`from ${known}`)

/** Lands `raw` and `people` of some days; the check of `recs` fails where it reads no user of `known`. */
function createProject(...days: readonly number[]): MemoryProject {
  const project = createProjectWithDays(days, {
    rows: ({ outputs: [output], relations }, asset, read) =>
      output?.name.startsWith("any") === true
        ? "open"
        : `${asset}(${relations.flatMap(read).join("+")})`,
    checks: (asset, _, __, relations) => {
      const rows = relations.flatMap((read) =>
        read.relation.name.startsWith("known") ? read.rows : [],
      )
      return asset === "recs" && rows.includes("known(nobody)") ? [failedCheck("recs")] : []
    },
  })
  for (const dayOfMonth of days) land(project, "people", day(dayOfMonth), "everybody")
  return project
}

describe("a check that reads a second asset", () => {
  test("runs again when only that asset changed, and refuses the rows", async () => {
    const project = createProject(1)
    await run(project, graph)
    land(project, "people", day(1), "nobody")
    const changed = await run(project, graph)
    expect(listOutcomes(changed)).toEqual({
      "known 2026-01-01": "materialized",
      "anyone 2026-01-01": "materialized",
      "recs 2026-01-01": "checked",
      "top 2026-01-01": "skipped",
    })
    expect(changed.outcome).toBe("failed")
  })

  test("does not run again while the data that it reads are the same", async () => {
    const project = createProject(1)
    await run(project, graph)
    expect((await run(project, graph)).planned).toEqual([])
  })

  test("passes again when the data that it reads are the earlier ones again", async () => {
    const project = createProject(1)
    await run(project, graph)
    land(project, "people", day(1), "nobody")
    await run(project, graph)
    land(project, "people", day(1), "everybody")
    const reverted = await run(project, graph)
    expect(listOutcomes(reverted)).toEqual({ "check recs 2026-01-01": "checked" })
    expect(reverted.outcome).toBe("succeeded")
  })

  test("runs once more on rows whose check was recorded without its reads", async () => {
    const project = createProject(1)
    await run(project, graph)
    project.records.splice(
      0,
      project.records.length,
      ...project.records.map((stored) => {
        const [checkVersion = ""] = stored.record.checkVersion.split(/ (?=[0-9a-f]{16}$)/)
        return { ...stored, record: { ...stored.record, checkVersion } }
      }),
    )
    expect((await run(project, graph)).planned).toEqual(["check recs 2026-01-01"])
    expect((await run(project, graph)).planned).toEqual([])
  })

  test("waits for every partition that it reads", async () => {
    const project = createProject(1, 2)
    const whole = declareGraph(sql`from ${all(known)}`)
    const recs = { targets: new Map([["recs", [{ from: day(1), to: day(1) }]]]), publish: false }
    const { steps } = await run(project, whole, () => recs)
    expect([...steps.keys()]).toEqual([
      "known 2026-01-01",
      "known 2026-01-02",
      "anyone 2026-01-01",
      "recs 2026-01-01",
    ])
  })

  test("blocks its rows when the file of a partition that it reads is missing", async () => {
    const project = createProject(1, 2, 3)
    const windowed = declareGraph(sql`from ${last(2, known)}`)
    await run(project, windowed)
    land(project, "people", day(2), undefined)
    land(project, "raw", day(3), "other")
    const { plan } = await run(project, windowed)
    expect(listPlanLines(evaluateProject(project, windowed), plan)).toEqual([
      "known 2026-01-02: waits for people/2026-01-02.json (people)",
      "anyone 2026-01-02: blocked by known 2026-01-02",
      "recs 2026-01-02: blocked by anyone 2026-01-02",
      "recs 2026-01-03: blocked by known 2026-01-02",
      "top 2026-01-02: blocked by recs 2026-01-02",
      "top 2026-01-03: blocked by recs 2026-01-03",
    ])
  })

  test("reads no rows where its window has no partition", async () => {
    const project = createProject(1)
    const before = declareGraph(sql`from ${window(known, -3, -2)}`)
    const { steps, outcome } = await run(project, before)
    expect([steps.get("recs 2026-01-01")?.kind, outcome]).toEqual(["materialized", "succeeded"])
    expect(
      listStepIds(evaluateProject(project, before), (await run(project, before)).plan),
    ).toEqual([])
  })
})

test("rows that prove to be unchanged, and the data that their check reads, do not keep the other tables of their set from being published", async () => {
  const publish = () => publishTo({ $inferInsert: {} }, { set: "s" })
  const checks = [noRows("open", { description: "", query: sql`from ${anyone}` })]
  const anybody = dailyAsset("anybody", sql`select true as open from ${anyone}`)
  const kept = dailyAsset("kept", sql`select n from ${anybody}`, { checks, publish: publish() })
  const moved = dailyAsset("moved", sql`from ${known}`, { publish: publish() })
  const published = buildValidGraph(people, known, anyone, anybody, kept, moved)
  const project = createProject(1)
  await run(project, published)
  land(project, "people", day(1), "somebody")
  const changed = await run(project, published)
  expect(listOutcomes(changed)).toMatchObject({ "kept 2026-01-01": "unchanged" })
  expect(project.publications).toHaveLength(2)
})
