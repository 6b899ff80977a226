import { waitUntil } from "@freshet/embedded-postgres/testing"
import { expect, test } from "vitest"

import type { DeclaredProject } from "./declared-project.ts"
import { expectDone, runFreshet, type RunningCommand, startFreshet } from "./freshet-process.ts"
import {
  landOrders,
  readNewestSteps,
  marketDays,
  readRun,
  readRuns,
  countMaterializations,
  withMarket,
} from "./market/market-project.ts"

const [first, second, third, fourth] = marketDays
const words = ["backfill", "counted", "--from", first, "--to", fourth]

/** More than can be counted in a lifetime. */
const forEver = { pen: 4e15 }

test("a run that is cancelled stops within seconds, starts no further step, and its retry makes the rest", async () => {
  await withMarket(async (place) => {
    landOrders(place, second, forEver)
    const running = startFreshet(place, ...words)
    await reached(running, first)
    const id = idOf(running)
    const shown = await readRun(place, id)
    expect(shown).toMatchObject({ outcome: "running", steps: 4, made: 1 })
    expect(shown.progress).toEqual([
      {
        computation: "counted",
        planned: 4,
        ended: 1,
        partitions: [
          { outcome: "materialized", ranges: [{ from: first, to: first }] },
          { outcome: "left", ranges: [{ from: second, to: fourth }] },
        ],
      },
    ])
    const text = await runFreshet(place, "runs", "show", id)
    expect(text.stdout).toContain(`made ${first}; to do ${second} to ${fourth}`)
    const cancelled = await runFreshet(place, "runs", "cancel", id)
    expectDone(cancelled)
    expect(cancelled.stdout).toContain("has stopped: 1 of 4 partitions were made, and are kept.")
    const ended = await running.result
    expect(ended).toMatchObject({ code: 130, signal: null })
    expect(ended.stderr).toContain("Another process asked to stop")
    expect(ended.stdout).toContain(`\`freshet runs retry ${id}\` makes what is left.`)
    expect(await readNewestSteps(place)).toEqual([`counted ${first} made`])
    const [run] = await readRuns(place)
    expect(run).toMatchObject({ outcome: "interrupted" })
    expect(Date.parse(run?.ended_at ?? "")).toBeGreaterThanOrEqual(
      Date.parse(run?.cancel_requested_at ?? ""),
    )
    const again = await runFreshet(place, "runs", "cancel", id)
    expect(again.code).toBe(2)
    expect(again.stderr).toContain(`There is nothing to cancel: run ${id} is over: interrupted`)
    landOrders(place, second, { pen: 2 })
    expectDone(await runFreshet(place, "runs", "retry", id))
    expect(await readNewestSteps(place)).toEqual([
      `counted ${second} made`,
      `counted ${third} made`,
      `counted ${fourth} made`,
    ])
  })
})

test("a run that was killed is recognisable as such, and the next command carries on after what it made", async () => {
  await withMarket(async (place) => {
    landOrders(place, third, forEver)
    const running = startFreshet(place, ...words)
    await reached(running, second)
    const id = idOf(running)
    running.kill("SIGKILL")
    await running.result
    await outcomeIs(place, id, "killed")
    const { stdout } = await runFreshet(place, "runs", "show", id)
    expect(stdout).toContain("Its process ended without a word.")
    expect(stdout).toContain(`made ${first} to ${second}; not done ${third} to ${fourth}`)
    landOrders(place, third, { pen: 2 })
    expectDone(await runFreshet(place, ...words))
    expect(await readNewestSteps(place)).toEqual([
      `counted ${third} made`,
      `counted ${fourth} made`,
    ])
    expect((await readRuns(place)).map(({ outcome }) => outcome)).toEqual(["succeeded", "killed"])
  })
})

test("two backfills of the same partitions at once launch none of them twice", async () => {
  await withMarket(async (place) => {
    const overlapping = ["backfill", "counted", "--from", second, "--to", fourth]
    const all = [words, overlapping, words].map((each) => startFreshet(place, ...each))
    for (const each of all) expectDone(await each.result)
    const times = await countMaterializations(place)
    expect([...times]).toEqual(marketDays.map((day) => [`counted ${day}`, 1]))
  })
})

test("a retry of a run in progress is a usage error, and nothing runs", async () => {
  await withMarket(async (place) => {
    landOrders(place, second, forEver)
    const running = startFreshet(place, ...words)
    await reached(running, first)
    const { code, stderr } = await runFreshet(place, "runs", "retry", idOf(running))
    expect(code).toBe(2)
    expect(stderr).toContain(`Run ${idOf(running)} is still in progress.`)
    const unknown = await runFreshet(place, "runs", "retry", "1999")
    expect(unknown).toMatchObject({ code: 2, stdout: "" })
    expect(unknown.stderr).toContain("No single run has an id that begins with `1999`")
    expect(unknown.stderr).toContain("`freshet runs`")
    running.kill("SIGTERM")
    expect(await running.result).toMatchObject({ code: 143 })
    expect(await readNewestSteps(place)).toEqual([`counted ${first} made`])
  })
})

/** The run has made a day, and the next one is under way. */
async function reached(running: RunningCommand, day: string): Promise<void> {
  await running.waitForOutput(`counted ${day}: materialized`)
}

function idOf(running: RunningCommand): string {
  return /run (\S+) started/.exec(running.readOutput())?.[1] ?? "no run has started"
}

/** The server needs a moment to notice that a process is gone. */
async function outcomeIs(place: DeclaredProject, id: string, outcome: string): Promise<void> {
  await waitUntil(async () => (await readRun(place, id)).outcome === outcome)
}
