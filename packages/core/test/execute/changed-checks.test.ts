import { describe, expect, test } from "vitest"

import { findFailedChecks, listBlockedWork } from "../../src/engine.ts"
import {
  itself,
  last,
  noRows,
  previous,
  publishTo,
  sharedRows,
  sql,
  sqlAssets,
  unique,
  type Check,
  type Sql,
} from "../../src/index.ts"
import { afterDay, dailyAsset, day, everyDay, buildValidGraph } from "../declarations.ts"
import {
  evaluateProject,
  requestEverything,
  land,
  run,
  createProjectWithDays,
  failedCheck,
} from "../memory-project.ts"
import { listPlanLines } from "../plan-lines.ts"
import { other, listOutcomes, raw } from "./chain.ts"

describe("a changed check", () => {
  const graph = (...checks: readonly Check<"n">[]) => {
    const checked = dailyAsset("a", sql`select n from ${raw}`, { checks })
    return buildValidGraph(raw, checked, dailyAsset("b", sql`select n from ${checked}`), other)
  }
  const before = buildValidGraph(raw, dailyAsset("a", sql`select n from ${raw}`))

  test("runs before the readers of the rows and blocks them when it fails", async () => {
    const project = createProjectWithDays([1])
    await run(project, before)
    project.computed.length = 0
    project.behaviour.checks = (asset) => (asset === "a" ? [failedCheck("a")] : [])
    const result = await run(project, graph(unique("n")), requestEverything, { concurrency: 4 })
    expect(listOutcomes(result)).toEqual({
      "check a 2026-01-01": "checked",
      "b 2026-01-01": "skipped",
      "other 2026-01-01": "materialized",
    })
    expect(result.outcome).toBe("failed")
    expect(project.computed).toEqual(["check a 2026-01-01", "other 2026-01-01"])
  })

  test("that failed blocks later runs too, until the check or the rows are fixed", async () => {
    const project = createProjectWithDays([1])
    await run(project, before)
    project.behaviour.checks = (asset) => (asset === "a" ? [failedCheck("a")] : [])
    await run(project, graph(unique("n")))
    const later = await run(project, graph(unique("n")))
    expect(later.planned).toEqual([])
    expect(listPlanLines(evaluateProject(project, graph(unique("n"))), later.plan)).toEqual([
      "b 2026-01-01: blocked by failed checks of a 2026-01-01",
    ])
    const fixed = graph(passingCheck)
    project.behaviour.checks = () => []
    expect(listOutcomes(await run(project, fixed))).toEqual({
      "check a 2026-01-01": "checked",
      "b 2026-01-01": "materialized",
    })
  })

  test("runs on all upstream partitions of a step, requested or not", async () => {
    const windowed = (salt: string, ...checks: readonly Check<"n">[]) => {
      const read = dailyAsset("a", sql`select n from ${raw}`, { checks })
      return buildValidGraph(raw, read, dailyAsset("b", sql`${salt} from ${last(2, read)}`))
    }
    const onlyB = { targets: new Map([["b", [{ from: day(3), to: day(3) }]]]), publish: true }
    const project = createProjectWithDays([1, 2, 3])
    await run(project, windowed("1"))
    project.behaviour.checks = (_, on) => (on === "2026-01-02" ? [failedCheck("a")] : [])
    expect(listOutcomes(await run(project, windowed("2", unique("n")), () => onlyB))).toEqual({
      "check a 2026-01-02": "checked",
      "check a 2026-01-03": "checked",
      "b 2026-01-03": "skipped",
    })
  })

  test("blocks the next partition of an accumulating asset whose rows fail it", async () => {
    const sum = (...checks: readonly Check<"n">[]) =>
      buildValidGraph(raw, dailyAsset("sum", sql`from ${raw}, ${previous()}`, { checks }))
    const project = createProjectWithDays([1])
    await run(project, sum())
    project.behaviour.checks = (_, day) => (day === "2026-01-01" ? [failedCheck("sum")] : [])
    await run(project, sum(unique("n")))
    land(project, "raw", day(2), "r2")
    const later = await run(project, sum(unique("n")))
    expect(later.planned).toEqual([])
    expect(listPlanLines(evaluateProject(project, sum(unique("n"))), later.plan)).toEqual([
      "sum 2026-01-02: blocked by failed checks of sum 2026-01-01",
    ])
  })

  test("on one of several outputs blocks only the readers of that output", async () => {
    const graphWith = (salt: string, checks: readonly Check<"n">[]) => {
      const up = dailyAsset("up", sql`${salt} ${raw}`)
      const { columns } = up
      const { x, y } = sqlAssets({
        name: "both",
        group: "g",
        partitions: everyDay,
        shared: sql`from ${up}` as Sql<never>, // columns are all that matters here
        outputs: {
          x: { description: "", columns, query: sql`from ${sharedRows}`, checks },
          y: { description: "", columns, query: sql`from ${sharedRows}` },
        },
      })
      const readers = [dailyAsset("rx", sql`from ${x}`), dailyAsset("ry", sql`from ${y}`)]
      return buildValidGraph(raw, up, x, y, ...(checks.length === 0 ? [] : readers))
    }
    const project = createProjectWithDays([1])
    await run(project, graphWith("1", []))
    project.behaviour.checks = (asset) => (asset === "x" ? [failedCheck("x")] : [])
    const result = await run(project, graphWith("2", [unique("n")]))
    expect(listOutcomes(result)).toEqual({
      "up 2026-01-01": "materialized",
      "both 2026-01-01": "checked",
      "rx 2026-01-01": "skipped",
      "ry 2026-01-01": "materialized",
    })
  })

  test("with severity warn blocks nothing", async () => {
    const project = createProjectWithDays([1])
    await run(project, before)
    project.behaviour.checks = (asset) => (asset === "a" ? [failedCheck("a", "warn")] : [])
    const result = await run(project, graph(unique("n")))
    expect(listOutcomes(result)).toMatchObject({ "b 2026-01-01": "materialized" })
    expect(result.outcome).toBe("succeeded")
  })

  test("runs on the downstream of failed rows only after these are fixed", async () => {
    const three = (ofFirst: readonly Check<"n">[], ofOthers: readonly Check<"n">[]) => {
      const first = dailyAsset("a", sql`select n from ${raw}`, { checks: ofFirst })
      const second = dailyAsset("b", sql`select n from ${first}`, { checks: ofOthers })
      const third = dailyAsset("c", sql`select n from ${second}`, { checks: ofOthers })
      return buildValidGraph(raw, first, second, third)
    }
    const project = createProjectWithDays([1])
    await run(project, three([], []))
    project.behaviour.checks = (asset) => (asset === "a" ? [failedCheck("a")] : [])
    await run(project, three([unique("n")], []))
    const held = await run(project, three([unique("n")], [unique("n")]))
    expect(held.planned).toEqual([])
    project.behaviour.checks = () => []
    const fixed = three([passingCheck], [unique("n")])
    expect(listOutcomes(await run(project, fixed))).toEqual({
      "check a 2026-01-01": "checked",
      "check b 2026-01-01": "checked",
      "check c 2026-01-01": "checked",
    })
  })

  describe("that fails upstream of fresh rows", () => {
    const chain = (checks: readonly Check<"n">[], ...last: readonly string[]) => {
      const first = dailyAsset("a", sql`select n from ${raw}`, { checks })
      const second = dailyAsset("b", sql`select n from ${first}`)
      const third = last.map((name) => dailyAsset(name, sql`select n from ${second}`))
      return buildValidGraph(raw, first, second, ...third)
    }

    test("blocks new partitions downstream of both, in the same run and in later ones", async () => {
      const project = createProjectWithDays([1])
      await run(project, chain([]))
      project.behaviour.checks = (asset) => (asset === "a" ? [failedCheck("a")] : [])
      expect(listOutcomes(await run(project, chain([unique("n")], "c")))).toEqual({
        "check a 2026-01-01": "checked",
        "c 2026-01-01": "skipped",
      })
      const later = await run(project, chain([unique("n")], "c"))
      expect(later.planned).toEqual([])
      expect(
        listPlanLines(evaluateProject(project, chain([unique("n")], "c")), later.plan),
      ).toEqual(["c 2026-01-01: blocked by failed checks of a 2026-01-01"])
    })

    test("is listed with the fresh partitions downstream until it passes", async () => {
      const project = createProjectWithDays([1, 2])
      await run(project, chain([]))
      project.behaviour.checks = (asset, on) =>
        asset === "a" && on === "2026-01-02" ? [failedCheck("a")] : []
      const failingGraph = chain([unique("n")])
      await run(project, failingGraph)
      const both = [{ from: day(1), to: day(2) }]
      const asked = new Map([
        ["a", both],
        ["b", both],
      ])
      const listFailedChecks = () => findFailedChecks(evaluateProject(project, failingGraph), asked)
      const second = [{ from: day(2), to: day(2) }]
      const expected = [
        { asset: "a", ranges: second, blocker: undefined },
        { asset: "b", ranges: second, blocker: "a 2026-01-02" },
      ]
      expect(listFailedChecks()).toEqual(expected)
      expect((await run(project, failingGraph)).planned).toEqual([])
      expect(listFailedChecks()).toEqual(expected)
      expect(findFailedChecks(evaluateProject(project, chain([passingCheck])), asked)).toEqual([])
    })

    test("prevents their publication, in the same run and in later ones", async () => {
      const table = { $inferInsert: {} }
      const set = (...checks: readonly Check<"n">[]) => {
        const first = dailyAsset("a", sql`select n from ${raw}`, { checks })
        const publish = publishTo(table, { set: "s" })
        return buildValidGraph(
          raw,
          first,
          dailyAsset("b", sql`select n from ${first}`, { publish }),
        )
      }
      const project = createProjectWithDays([1])
      await run(project, set(), (all) => requestEverything(all, false))
      project.behaviour.checks = (asset) => (asset === "a" ? [failedCheck("a")] : [])
      await run(project, set(unique("n")))
      const later = await run(project, set(unique("n")))
      expect([later.plan.publications, project.publications]).toEqual([[], []])
      project.behaviour.checks = () => []
      await run(project, set(passingCheck))
      expect(project.publications).toHaveLength(1)
    })

    test("is searched once along a long chain of previous partitions", async () => {
      const days = Array.from({ length: 3000 }, (_, index) => index + 1)
      const sum = (checks: readonly Check<"n">[], ...readers: readonly string[]) => {
        const total = dailyAsset("sum", sql`from ${raw}, ${previous()}`, { checks })
        return buildValidGraph(
          raw,
          total,
          ...readers.map((name) => dailyAsset(name, sql`from ${total}`)),
        )
      }
      const project = createProjectWithDays(days)
      project.nowMs = afterDay(3000)
      await run(project, sum([]))
      project.behaviour.checks = (_, on) => (on === "2026-01-01" ? [failedCheck("sum")] : [])
      const found = await run(project, sum([unique("n")], "reader"))
      expect([...found.steps.values()].filter(({ kind }) => kind === "skipped")).toHaveLength(3000)
      const later = await run(project, sum([unique("n")], "reader"))
      const evaluation = evaluateProject(project, sum([unique("n")], "reader"))
      expect([...listBlockedWork(evaluation, later.plan)]).toMatchObject([
        {
          computation: { name: "reader" },
          range: { from: day(1), to: day(1) + 2999 },
          blocker: { kind: "unusable", text: "failed checks of sum 2026-01-01" },
        },
      ])
      expect(listPlanLines(evaluation, later.plan)).toEqual([
        "reader 2026-01-01 to 2026-04-10: blocked by failed checks of sum 2026-01-01",
        "reader 2026-04-11 to 2034-03-19: blocked as well",
      ])
    })

    test("is reported with the failed partition at any distance upstream", async () => {
      const sum = (salt: string, ...checks: readonly Check<"n">[]) =>
        buildValidGraph(raw, dailyAsset("sum", sql`${salt} from ${raw}, ${previous()}`, { checks }))
      const project = createProjectWithDays([1, 2, 3])
      await run(project, sum("1"))
      project.behaviour.checks = (_, on) => (on === "2026-01-01" ? [failedCheck("sum")] : [])
      await run(project, sum("1", unique("n")))
      land(project, "raw", day(4), "r4")
      const later = await run(project, sum("1", unique("n")))
      expect(later.planned).toEqual([])
      expect(listPlanLines(evaluateProject(project, sum("1", unique("n"))), later.plan)).toEqual([
        "sum 2026-01-04: blocked by failed checks of sum 2026-01-01",
      ])
    })
  })

  test("does not run again on rows that were blocked and prove to be unchanged", async () => {
    const mixed = (
      salt: string,
      ofFailing: readonly Check<"n">[],
      ofMixed: readonly Check<"n">[],
    ) => {
      const up = dailyAsset("up", sql`${salt} ${raw}`)
      const failing = dailyAsset("failing", sql`from ${raw}`, { checks: ofFailing })
      const both = dailyAsset("both", sql`from ${up}, ${failing}`, { checks: ofMixed })
      return buildValidGraph(raw, up, failing, both)
    }
    const project = createProjectWithDays([1])
    await run(project, mixed("1", [], []))
    project.behaviour.checks = (asset) => (asset === "failing" ? [failedCheck("failing")] : [])
    await run(project, mixed("1", [unique("n")], []))
    const changed = mixed("2", [unique("n")], [unique("n")])
    const result = await run(project, changed)
    expect(listOutcomes(result)).toEqual({ "up 2026-01-01": "materialized" })
    expect(result.plan.blocked.map(({ computation }) => computation.name)).toEqual(["both"])
    expect((await run(project, changed)).planned).toEqual([])
  })

  test("that failed runs again on rows that prove to be unchanged, and blocks their readers", async () => {
    const declare = (salt: string, withReader: boolean, ...checks: readonly Check<"n">[]) => {
      const up = dailyAsset("up", sql`${salt} ${raw}`)
      const checked = dailyAsset("checked", sql`from ${up}`, { checks })
      const reader = dailyAsset("reader", sql`from ${checked}`)
      return buildValidGraph(raw, up, checked, ...(withReader ? [reader] : []))
    }
    const project = createProjectWithDays([1])
    project.behaviour.rows = (_, asset) => asset
    await run(project, declare("1", false))
    project.behaviour.checks = (asset) => (asset === "checked" ? [failedCheck("checked")] : [])
    await run(project, declare("1", false, unique("n")))
    expect(listOutcomes(await run(project, declare("2", true, unique("n"))))).toEqual({
      "up 2026-01-01": "materialized",
      "checked 2026-01-01": "checked",
      "reader 2026-01-01": "skipped",
    })
  })

  test("prevents publication until it has run on the rows", async () => {
    const [x, y] = [{ $inferInsert: {} }, { $inferInsert: {} }]
    const set = (...checks: readonly Check<"n">[]) =>
      buildValidGraph(
        raw,
        dailyAsset("x", sql`1 ${raw}`, { checks, publish: publishTo(x, { set: "s" }) }),
        dailyAsset("y", sql`2 ${raw}`, { publish: publishTo(y, { set: "s" }) }),
      )
    const project = createProjectWithDays([1])
    await run(project, set(), (all) => requestEverything(all, false))
    const onlyY = { targets: new Map([["y", [{ from: day(1), to: day(1) }]]]), publish: true }
    await run(project, set(unique("n")), () => onlyY)
    expect(project.publications).toEqual([])
    await run(project, set(unique("n")))
    expect(project.publications).toHaveLength(1)
  })
})

const passingCheck = noRows("fixed", { description: "", query: sql`from ${itself}` })
