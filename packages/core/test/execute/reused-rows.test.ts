import { describe, expect, test } from "vitest"

import { countStates } from "../../src/engine.ts"
import { sql, unique, type Check } from "../../src/index.ts"
import { dailyAsset, day, buildValidGraph } from "../declarations.ts"
import {
  type MemoryProject,
  evaluateProject,
  land,
  run,
  createProjectWithDays,
  failedCheck,
} from "../memory-project.ts"
import { a, b, c, chain, listOutcomes, raw } from "./chain.ts"

describe("earlier rows with the current code and inputs", () => {
  test("are current again without a run", async () => {
    const project = createProjectWithDays([1])
    await run(project, chain)
    land(project, "raw", day(1), "other")
    await run(project, chain)
    land(project, "raw", day(1), "r1")
    const { planned, outcome } = await run(project, chain)
    expect([planned, outcome]).toEqual([[], "succeeded"])
    expect(countStates(evaluateProject(project, chain), c.computation)).toMatchObject({ fresh: 1 })
  })

  test("are read by the next step", async () => {
    const project = createProjectWithDays([1])
    await run(project, buildValidGraph(raw, a))
    land(project, "raw", day(1), "other")
    await run(project, buildValidGraph(raw, a))
    land(project, "raw", day(1), "r1")
    await run(project, buildValidGraph(raw, a, b))
    expect([...project.files.values()].at(-1)).toBe("b(a(r1))")
  })

  const edited = (...checks: readonly Check<"n">[]) => {
    const made = dailyAsset("a", sql`select n from ${raw} where true`)
    const read = dailyAsset("b", sql`select n from ${made}`, { checks })
    return buildValidGraph(raw, made, read, dailyAsset("c", sql`select n from ${read}`))
  }

  /** Day 1 was materialized from `r1`, then from `other`; now it is `r1` again, but the code of `a` changed. */
  async function revertedUnderNewCode(): Promise<MemoryProject> {
    const project = createProjectWithDays([1])
    await run(project, buildValidGraph(raw, a, b, c))
    land(project, "raw", day(1), "other")
    await run(project, buildValidGraph(raw, a, b, c))
    land(project, "raw", day(1), "r1")
    project.computed.length = 0
    return project
  }

  test("are reused when the inputs become known during the run", async () => {
    const project = await revertedUnderNewCode()
    const result = await run(project, edited())
    expect(project.computed).toEqual(["a 2026-01-01"])
    expect(listOutcomes(result)).toEqual({
      "a 2026-01-01": "materialized",
      "b 2026-01-01": "reused",
      "c 2026-01-01": "reused",
    })
    expect((await run(project, edited())).planned).toEqual([])
  })

  test("must pass the current checks", async () => {
    const project = await revertedUnderNewCode()
    project.behaviour.checks = (asset) => (asset === "b" ? [failedCheck("b")] : [])
    const result = await run(project, edited(unique("n")))
    expect(listOutcomes(result)).toMatchObject({
      "b 2026-01-01": "checks_failed",
      "c 2026-01-01": "skipped",
    })
    project.behaviour.checks = () => []
    expect((await run(project, edited(unique("n")))).outcome).toBe("succeeded")
    expect((await run(project, edited(unique("n")))).planned).toEqual([])
  })
})
