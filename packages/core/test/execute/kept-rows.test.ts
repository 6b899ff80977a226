import { describe, expect, test } from "vitest"

import { countStates, sql, unique } from "../../src/index.ts"
import type { Check } from "../../src/index.ts"
import { dailyAsset, day, graphOf } from "../declared.ts"
import { type MemoryWorld, evaluateIn, land, run } from "../memory-world.ts"
import { a, b, c, chain, failing, outcomes, raw, worldWith } from "./chain.ts"

describe("rows made earlier from the very same inputs", () => {
  test("count again without a run", async () => {
    const world = worldWith([1])
    await run(world, chain)
    land(world, "raw", day(1), "other")
    await run(world, chain)
    land(world, "raw", day(1), "r1")
    const { planned, outcome } = await run(world, chain)
    expect([planned, outcome]).toEqual([[], "succeeded"])
    expect(countStates(evaluateIn(world, chain), c.computation)).toMatchObject({ fresh: 1 })
  })

  test("are what the next step reads", async () => {
    const world = worldWith([1])
    await run(world, graphOf(raw, a))
    land(world, "raw", day(1), "other")
    await run(world, graphOf(raw, a))
    land(world, "raw", day(1), "r1")
    await run(world, graphOf(raw, a, b))
    expect([...world.files.values()].at(-1)).toBe("b(a(r1))")
  })

  const edited = (...checks: readonly Check<"n">[]) => {
    const made = dailyAsset("a", sql`select n from ${raw} where true`)
    const read = dailyAsset("b", sql`select n from ${made}`, { checks })
    return graphOf(raw, made, read, dailyAsset("c", sql`select n from ${read}`))
  }

  /** Day 1 was made from `r1`, then from `other`; now it is `r1` again, but the code of `a` is another. */
  async function revertedUnderNewCode(): Promise<MemoryWorld> {
    const world = worldWith([1])
    await run(world, graphOf(raw, a, b, c))
    land(world, "raw", day(1), "other")
    await run(world, graphOf(raw, a, b, c))
    land(world, "raw", day(1), "r1")
    world.computed.length = 0
    return world
  }

  test("are found again when only the run shows that the inputs are those", async () => {
    const world = await revertedUnderNewCode()
    const result = await run(world, edited())
    expect(world.computed).toEqual(["a 2026-01-01"])
    expect(outcomes(result)).toEqual({
      "a 2026-01-01": "made",
      "b 2026-01-01": "reused",
      "c 2026-01-01": "reused",
    })
    expect((await run(world, edited())).planned).toEqual([])
  })

  test("have to pass today's checks", async () => {
    const world = await revertedUnderNewCode()
    world.behaviour.checks = (asset) => (asset === "b" ? [failing("b")] : [])
    const result = await run(world, edited(unique("n")))
    expect(outcomes(result)).toMatchObject({ "b 2026-01-01": "refused", "c 2026-01-01": "skipped" })
    world.behaviour.checks = () => []
    expect((await run(world, edited(unique("n")))).outcome).toBe("succeeded")
    expect((await run(world, edited(unique("n")))).planned).toEqual([])
  })
})
