import { describe, expect, test } from "vitest"

import {
  FreshetError,
  getStatus,
  type ComputeRequest,
  type Relation,
  type RunEvent,
} from "../../src/engine.ts"
import { itself, last, noRows, previous, publishTo, sql } from "../../src/index.ts"
import { afterDay, dailyAsset, day, buildValidGraph, source } from "../declarations.ts"
import {
  type Behaviour,
  evaluateProject,
  requestEverything,
  land,
  createProjectWithDays,
  failedCheck,
  createMemoryProject,
} from "../memory-project.ts"
import { run } from "../memory-project.ts"
import { a, b, chain, other, listOutcomes, raw } from "./chain.ts"

const fault = (message: string) => () => {
  throw new FreshetError("engine", message, { hint: "Fix it." })
}

/** Step → the maximum number of steps that ran at the same time, itself included, for landed files of a size. */
async function countConcurrentSteps(
  bytes: Behaviour["bytes"],
  graph = chain,
): Promise<ReadonlyMap<string, number>> {
  const running = new Set<string>()
  const maxByStep = new Map<string, number>()
  const project = createProjectWithDays([1, 2, 3, 4], {
    bytes,
    beforeCompute: async (step) => {
      running.add(step)
      for (const other of running)
        maxByStep.set(other, Math.max(maxByStep.get(other) ?? 0, running.size))
      await new Promise((resolve) => setImmediate(resolve))
      running.delete(step)
    },
  })
  await run(project, graph, requestEverything, { concurrency: 4 })
  return maxByStep
}

describe("order", () => {
  test("each step runs after its upstreams and reads their new rows", async () => {
    const project = createProjectWithDays([1])
    const result = await run(project, chain)
    expect(project.computed).toEqual([
      "a 2026-01-01",
      "b 2026-01-01",
      "c 2026-01-01",
      "other 2026-01-01",
    ])
    expect([...project.files.values()][2]).toBe("c(b(a(r1)))")
    expect(result.outcome).toBe("succeeded")
  })

  test("the number of concurrent steps reaches the limit and does not exceed it", async () => {
    let [now, most] = [0, 0]
    const project = createProjectWithDays([1, 2, 3, 4, 5], {
      beforeCompute: async () => {
        most = Math.max(most, (now += 1))
        await new Promise((resolve) => setImmediate(resolve))
        now -= 1
      },
    })
    const result = await run(project, chain, requestEverything, { concurrency: 3 })
    expect(most).toBe(3)
    expect(result.steps.size).toBe(20)
  })

  test("a step with a large input runs alone", async () => {
    const concurrentSteps = await countConcurrentSteps((content) =>
      content === "r2" ? 300_000_000 : 1,
    )
    expect(concurrentSteps.get("a 2026-01-02")).toBe(1)
    expect(concurrentSteps.get("a 2026-01-03")).toBeGreaterThan(1)
  })

  test("one query reads the records that the first steps of many computations need", async () => {
    const queriedAssets: (readonly string[])[] = []
    const project = createProjectWithDays([1, 2, 3], {
      beforeLookup: (ranges) => void queriedAssets.push(ranges.map(({ asset }) => asset)),
    })
    await run(project, chain)
    expect(project.computed.length).toBe(12)
    expect(queriedAssets.map((assets) => assets.toSorted())).toEqual([["a", "b", "c", "other"]])
  })

  test("two steps with a medium amount of landed text run at once", async () => {
    const concurrentSteps = await countConcurrentSteps(() => 33_000_000, buildValidGraph(raw, a))
    expect([...concurrentSteps.values()]).toEqual([2, 2, 2, 2])
  })

  test("a ready step does not wait for other steps of its rank", async () => {
    const project = createProjectWithDays([1, 2], {
      beforeCompute: async (step) => {
        if (step !== "a 2026-01-02") return
        while (!project.computed.includes("c 2026-01-01")) await new Promise((r) => setImmediate(r))
      },
    })
    expect((await run(project, chain, requestEverything, { concurrency: 2 })).outcome).toBe(
      "succeeded",
    )
  })

  test("the partitions of an accumulating asset are materialized one after the other", async () => {
    const sum = dailyAsset("sum", sql`select n from ${raw}, ${previous()}`)
    const project = createProjectWithDays([1, 2, 3])
    await run(project, buildValidGraph(raw, sum), requestEverything, { concurrency: 4 })
    expect([...project.files.values()]).toEqual([
      "sum(r1)",
      "sum(r2+sum(r1))",
      "sum(r3+sum(r2+sum(r1)))",
    ])
  })

  test("a plan after a complete run is empty", async () => {
    const project = createProjectWithDays([1, 2, 3])
    await run(project, chain)
    const again = await run(project, chain)
    expect(again).toMatchObject({ outcome: "succeeded", planned: [], plan: { publications: [] } })
  })
})

describe("early cut-off", () => {
  const parity: Behaviour["rows"] = (request, asset, read) =>
    asset === "a" ? String(Number(request.relations.flatMap(read)[0]) % 2) : "same"

  test("readers of rows that are unchanged are not recomputed", async () => {
    const project = createMemoryProject(afterDay(20), { rows: parity })
    land(project, "raw", day(1), "1")
    await run(project, chain)
    project.computed.length = 0
    land(project, "raw", day(1), "3")
    const result = await run(project, chain)
    expect(project.computed).toEqual(["a 2026-01-01", "other 2026-01-01"])
    expect(listOutcomes(result)).toEqual({
      "a 2026-01-01": "materialized",
      "b 2026-01-01": "unchanged",
      "c 2026-01-01": "unchanged",
      "other 2026-01-01": "materialized",
    })
    expect((await run(project, chain)).planned).toEqual([])
  })

  test("the end of a step has the event field changed", async () => {
    const project = createMemoryProject(afterDay(20), { rows: parity })
    land(project, "raw", day(1), "1")
    await run(project, chain)
    const first = project.events.length
    land(project, "raw", day(1), "3")
    await run(project, chain)
    const changed = project.events
      .slice(first)
      .flatMap((event) => (event.kind === "step_ended" ? [[event.step, event.changed]] : []))
    expect(changed).toContainEqual(["a 2026-01-01", false])
    expect(changed).toContainEqual(["b 2026-01-01", false])
  })
})

describe("failure", () => {
  test("steps downstream of a failed step are skipped, other steps run", async () => {
    const project = createProjectWithDays([1, 2], {
      beforeCompute: (step) => (step === "a 2026-01-01" ? fault("disk on fire")() : undefined),
    })
    const result = await run(project, chain)
    expect(result.outcome).toBe("failed")
    expect(Object.fromEntries(result.steps)).toMatchObject({
      "a 2026-01-01": { kind: "failed", message: "disk on fire", hint: "Fix it." },
      "b 2026-01-01": { kind: "skipped", blocker: "a 2026-01-01" },
      "c 2026-01-01": { kind: "skipped", blocker: "b 2026-01-01" },
      "a 2026-01-02": { kind: "materialized" },
      "c 2026-01-02": { kind: "materialized" },
      "other 2026-01-01": { kind: "materialized" },
    })
    expect(project.computed).not.toContain("b 2026-01-01")
  })

  test("the failure is the partition's status until the next attempt", async () => {
    const project = createProjectWithDays([1], {
      beforeCompute: (step) => (step === "a 2026-01-01" ? fault("disk on fire")() : undefined),
    })
    await run(project, chain)
    const evaluation = evaluateProject(project, chain)
    expect(getStatus(evaluation, a.computation, day(1))).toMatchObject({
      kind: "failed",
      failure: { message: "disk on fire" },
    })
    expect(getStatus(evaluation, b.computation, day(1))).toMatchObject({ kind: "missing" })
    project.behaviour.beforeCompute = () => {}
    expect((await run(project, chain)).outcome).toBe("succeeded")
    expect(getStatus(evaluateProject(project, chain), a.computation, day(1))).toEqual({
      kind: "fresh",
    })
  })

  test("with failFast no step starts after the first failure", async () => {
    const project = createProjectWithDays([1, 2], { beforeCompute: fault("broken") })
    const result = await run(project, chain, requestEverything, { failFast: true })
    expect(project.computed).toEqual(["a 2026-01-01"])
    expect(listOutcomes(result)).toEqual({ "a 2026-01-01": "failed" })
  })

  test("an error that is not a FreshetError fails the step too", async () => {
    const project = createProjectWithDays([1], {
      beforeCompute: () => {
        throw new TypeError("x is undefined")
      },
    })
    expect((await run(project, buildValidGraph(raw, a))).steps.get("a 2026-01-01")).toEqual({
      kind: "failed",
      message: "x is undefined",
      hint: undefined,
    })
  })

  test("rows that fail an error check are not recorded, and nothing downstream runs", async () => {
    const project = createProjectWithDays([1], {
      checks: (asset) => (asset === "a" ? [failedCheck("a")] : []),
    })
    const result = await run(project, chain)
    expect(result.steps.get("a 2026-01-01")).toEqual({
      kind: "checks_failed",
      failedFiles: ["a/2026-01-01/0.parquet"],
    })
    expect(listOutcomes(result)).toMatchObject({
      "b 2026-01-01": "skipped",
      "other 2026-01-01": "materialized",
    })
    expect(project.records.map((kept) => kept.asset)).toEqual(["other"])
  })

  test("a failed check with severity warn blocks nothing and is recorded", async () => {
    const project = createProjectWithDays([1], {
      checks: (asset) => (asset === "a" ? [failedCheck("a", "warn")] : []),
    })
    expect((await run(project, chain)).outcome).toBe("succeeded")
    expect(project.records.find((kept) => kept.asset === "a")?.record).toMatchObject({
      failedErrors: 0,
      failedWarnings: 1,
    })
  })
})

describe("abort", () => {
  test("no step starts after it, the running step is recorded, nothing is published", async () => {
    const published = dailyAsset("p", sql`select n from ${raw}`, {
      publish: publishTo({ $inferInsert: {} }, { set: "s" }),
    })
    const project = createProjectWithDays([1, 2], {
      beforeCompute: () => {
        project.aborted = true
      },
    })
    const result = await run(project, buildValidGraph(raw, published))
    expect(result).toMatchObject({ outcome: "interrupted", publications: [] })
    expect(listOutcomes(result)).toEqual({ "p 2026-01-01": "materialized" })
    expect([project.steps.length, project.publications.length]).toEqual([1, 0])
  })

  test("a publication that is interrupted ends the run, and its claim is released", async () => {
    const published = dailyAsset("p", sql`select n from ${raw}`, {
      publish: publishTo({ $inferInsert: {} }, { set: "s" }),
    })
    const project = createProjectWithDays([1], {
      beforePublish: () => {
        project.aborted = true
        throw new FreshetError("interrupted", "stopped")
      },
    })
    const result = await run(project, buildValidGraph(raw, published))
    expect(result).toMatchObject({ outcome: "interrupted", publications: [] })
    project.behaviour.beforePublish = () => {}
    project.aborted = false
    expect((await run(project, buildValidGraph(raw, published))).publications).toHaveLength(1)
  })

  test("an interrupted engine is not a failed step", async () => {
    const project = createProjectWithDays([1], {
      beforeCompute: () => {
        throw new FreshetError("interrupted", "stopped")
      },
    })
    const result = await run(project, chain)
    expect(result.outcome).toBe("interrupted")
    expect(project.steps).toEqual([])
  })

  test("an interrupted engine ends the run, also during the search for the next step", async () => {
    let interrupt = () => {}
    const interruption = new Promise<void>((resolve) => (interrupt = resolve))
    const project = createProjectWithDays([26, 27], {
      beforeCompute: () => {
        interrupt()
        throw new FreshetError("interrupted", "stopped")
      },
      beforeLookup: async (wanted) => {
        if (!wanted.some(({ range }) => range.from > day(26))) return // another block than the first
        await interruption
        for (let turn = 0; turn < 100; turn += 1) await Promise.resolve()
      },
    })
    project.nowMs = afterDay(28)
    const result = await run(project, chain, requestEverything, { concurrency: 2 })
    expect(result.outcome).toBe("interrupted")
    expect(project.computed).toEqual(["a 2026-01-26"])
  })
})

describe("ledger", () => {
  test("an error of the ledger rejects the run, and no further step starts", async () => {
    const project = createProjectWithDays([1, 2, 3, 4], {
      beforeRecord: () => {
        throw new FreshetError("ledger", "the lock is lost")
      },
    })
    await expect(run(project, chain)).rejects.toThrow("the lock is lost")
    expect(project.computed.length).toBeLessThan(4)
    expect(project.records).toEqual([])
    expect(project.events.some((event) => event.kind === "run_ended")).toBe(false)
  })

  test("publication starts after every record is committed", async () => {
    const committed: string[] = []
    const published = dailyAsset("p", sql`select n from ${last(2, raw)}`, {
      publish: publishTo({ $inferInsert: {} }, { set: "s" }),
    })
    const project = createProjectWithDays([1, 2], {
      beforeRecord: async ({ computation, partition }) => {
        for (let turn = 0; turn < 5; turn += 1) await new Promise((r) => setImmediate(r))
        committed.push(`${computation} ${partition - day(0)}`)
      },
      beforePublish: () => void committed.push("publish"),
    })
    await run(project, buildValidGraph(raw, published, other), requestEverything, {
      concurrency: 2,
    })
    expect(committed.at(-1)).toBe("publish")
    expect(committed).toHaveLength(5)
  })

  test("a step may start before the record of its upstream is committed", async () => {
    let release = () => {}
    const open = new Promise<void>((resolve) => (release = resolve))
    const project = createProjectWithDays([1], {
      beforeRecord: (record) => (record.computation === "a" ? open : undefined),
      beforeCompute: (step) => (step.startsWith("b") ? release() : undefined),
    })
    expect((await run(project, buildValidGraph(raw, a, b))).outcome).toBe("succeeded")
  })

  test("a record has the versions of all reads", async () => {
    const project = createProjectWithDays([1, 2])
    const week = dailyAsset("week", sql`select n from ${last(2, raw)}`)
    await run(project, buildValidGraph(raw, week))
    expect(project.steps.map((step) => step.reads)).toEqual([
      [{ relation: "raw [last 2]", asset: "raw", short: true, versions: [[day(1), "r1"]] }],
      [
        {
          relation: "raw [last 2]",
          asset: "raw",
          short: false,
          versions: [
            [day(1), "r1"],
            [day(2), "r2"],
          ],
        },
      ],
    ])
  })
})

describe("the engine's relations", () => {
  test("are the reads of the query and of the checks by name, oldest partition first", async () => {
    const requests: ComputeRequest[] = []
    const checked = dailyAsset("b", sql`select n from ${last(2, a)}, ${last(3, raw)}`, {
      checks: [noRows("c", { description: "", query: sql`from ${itself}, ${a}, ${raw}` })],
    })
    const project = createProjectWithDays([1, 2], {
      rows: (request) => `${request.computation.name} ${requests.push(request)}`,
    })
    await run(project, buildValidGraph(raw, a, checked))
    const request = requests.at(-1)
    expect(request).toMatchObject({ partition: { key: "2026-01-02", day: "2026-01-02" } })
    const files = request?.relations.map((relation) =>
      relation.kind === "stored"
        ? [relation.name, ...relation.files]
        : [relation.name, ...relation.partitions.map(({ key }) => key)],
    )
    expect(files).toEqual([
      ["a [last 2]", "a/2026-01-01/0.parquet", "a/2026-01-02/1.parquet"],
      ["raw [last 3]", "2026-01-01", "2026-01-02"],
      ["a", "a/2026-01-02/1.parquet"],
      ["raw", "2026-01-02"],
    ])
  })

  test("have no files for the first partition of an accumulating asset and for an empty day", async () => {
    const relations: (readonly Relation[])[] = []
    const tolerant = source("raw", { whenMissing: "empty" })
    const sum = dailyAsset("sum", sql`from ${tolerant}, ${previous()}`)
    const project = createProjectWithDays([1, 3], {
      rows: (request) => `sum ${relations.push(request.relations)}`,
    })
    await run(project, buildValidGraph(tolerant, sum))
    expect(relations[0]?.[1]).toMatchObject({ name: "itself [previous]", files: [] })
    expect(relations[1]?.[0]).toMatchObject({ kind: "landed", name: "raw", partitions: [] })
    expect(relations[1]?.[1]).toMatchObject({ files: ["sum/2026-01-01/0.parquet"] })
  })
})

describe("events", () => {
  const formatEvent = (event: RunEvent): string => {
    switch (event.kind) {
      case "run_started":
        return `run started: ${event.steps} steps`
      case "step_started":
        return `${event.step} started`
      case "step_progress":
        return `${event.step} ${event.share * 100} %`
      case "step_logged":
        return `${event.step} printed ${event.lines.length} lines`
      case "step_waiting":
        return `${event.step} waits`
      case "run_outranked":
        return "run outranked"
      case "attempt_failed":
        return `${event.step} attempt ${event.attempt} failed`
      case "step_ended":
        return `${event.step} ${event.outcome.kind}, ${event.rows} rows`
      case "publish_started":
        return `publish ${event.set} ${event.partition} started`
      case "publish_ended":
        return `publish ${event.set} ${event.partition} ${event.error ?? "ended"}`
      case "run_ended":
        return `run ${event.outcome}`
    }
  }

  test("describe a run from its start to its end", async () => {
    const p = dailyAsset("p", sql`select n from ${a}`, {
      publish: publishTo({ $inferInsert: {} }, { set: "s" }),
    })
    const project = createProjectWithDays([1])
    await run(project, buildValidGraph(raw, a, p))
    expect(project.events.map(formatEvent)).toMatchInlineSnapshot(`
      [
        "run started: 2 steps",
        "a 2026-01-01 started",
        "a 2026-01-01 100 %",
        "a 2026-01-01 materialized, 1 rows",
        "p 2026-01-01 started",
        "p 2026-01-01 100 %",
        "p 2026-01-01 materialized, 1 rows",
        "publish s 2026-01-01 started",
        "publish s 2026-01-01 ended",
        "run succeeded",
      ]
    `)
  })
})
