import { setTimeout as delay } from "node:timers/promises"

import { expect, test } from "vitest"

import type { RequestDocument } from "../server/index.ts"
import { readEvents, type ReceivedEvent } from "./event-stream.ts"
import { readDocument, withServedProject } from "./served-project.ts"

const backfill = {
  target: {
    kind: "backfill",
    asset: "best",
    partitions: { from: "2026-01-02", to: "2026-01-03" },
    downstream: false,
  },
}

function hasEnded(events: readonly ReceivedEvent[]): boolean {
  return events.some(
    ({ event }) => event?.kind === "request_changed" && event.request.state === "ended",
  )
}

test("a backfill is previewed as on the command line, runs, and reports each step once", async () => {
  await withServedProject(async ({ address, get, post }) => {
    const plan = await readDocument(await post("/api/plan", backfill))
    expect(plan).toMatchObject({
      command: "freshet backfill best --from 2026-01-02 --to 2026-01-03",
      step_count: 5,
      steps: [
        { computation: "items", partitions_text: "2026-01-01 to 2026-01-03", count: 3 },
        { computation: "best", partitions_text: "2026-01-02 to 2026-01-03", count: 2 },
      ],
    })
    const events = await readEvents(address, hasEnded, {
      onOpen: () => void post("/api/requests", backfill),
    })
    const kinds = events.map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === "step_ended")).toHaveLength(5)
    expect(kinds.filter((kind) => kind === "step_started")).toHaveLength(5)
    expect(new Set(events.map(({ id }) => id).slice(1)).size).toBe(events.length - 1)
    const [request] = (
      await readDocument<{ requests: readonly RequestDocument[] }>(await get("/api/requests"))
    ).requests
    expect(request).toMatchObject({
      state: "ended",
      outcome: "succeeded",
      progress: { steps: 5, ended: 5, failed: 0 },
    })
    const run = await readDocument(await get(`/api/runs/${request?.run ?? ""}`))
    expect(run).toMatchObject({ outcome: "succeeded", steps: 5 })
    const partitions = await readDocument(await get("/api/assets/best/partitions"))
    expect(partitions).toMatchObject({
      ranges: [
        { state: "missing" },
        { state: "fresh", from: "2026-01-02", to: "2026-01-03" },
        { state: "missing" },
      ],
    })
  })
})

test("a page that reconnects receives exactly the events that it missed", async () => {
  await withServedProject(async ({ address, post }) => {
    const events = await readEvents(address, hasEnded, {
      onOpen: () => void post("/api/requests", backfill),
    })
    const middle = events[Math.floor(events.length / 2)]
    const missed = await readEvents(address, hasEnded, { lastId: middle?.id ?? "" })
    const later = events.slice(Math.floor(events.length / 2) + 1)
    expect(missed.slice(1).map(({ id }) => id)).toEqual(later.map(({ id }) => id))
    const reset = await readEvents(address, (all) => all.length > 0, { lastId: "another-server-7" })
    expect(reset[0]?.kind).toBe("reset")
  })
})

test("changes by another process and landed files are announced", async () => {
  await withServedProject(async ({ address, materialize, land }) => {
    const isChanged = (events: readonly ReceivedEvent[]) =>
      events.some(({ kind }) => kind === "project_changed")
    await delay(1500) // the watcher has read the first state
    await readEvents(address, isChanged, { onOpen: () => void materialize() })
    await delay(3000)
    await readEvents(address, isChanged, {
      onOpen: () => land("orders/2026-01-05.json", JSON.stringify({ id: 1, item: "tea" })),
    })
    expect(true).toBe(true)
  })
})

test("a request that cannot be planned is rejected with its problems", async () => {
  await withServedProject(async ({ get, post }) => {
    const target = { ...backfill.target, partitions: { date: "2030-01-01" } }
    expect((await post("/api/plan", { target })).status).toBe(400)
    await post("/api/requests", { target })
    await expect
      .poll(async () => readDocument(await get("/api/requests")), { timeout: 300_000 })
      .toMatchObject({ requests: [{ state: "rejected", problems: [{ kind: "usage" }] }] })
  })
})

test("a failed run is retried after its input is corrected", async () => {
  await withServedProject(async ({ get, post, land }) => {
    const line = (id: number) => JSON.stringify({ id, item: "tea" })
    land("orders/2026-01-04.json", Array.from({ length: 101 }, (_, id) => line(id)).join("\n"))
    const target = { kind: "materialize", selection: ["counts"], partitions: {}, publish: true }
    await post("/api/requests", { target })
    const readRuns = async () =>
      (
        await readDocument<{ runs: readonly { id: string; outcome: string }[] }>(
          await get("/api/runs"),
        )
      ).runs
    await expect.poll(readRuns, { timeout: 300_000 }).toMatchObject([{ outcome: "failed" }])
    const [failedRun] = await readRuns()
    land("orders/2026-01-04.json", line(1))
    const retry = { target: { kind: "retry", run: failedRun?.id, publish: true } }
    expect(await readDocument(await post("/api/plan", retry))).toMatchObject({ step_count: 3 })
    await post("/api/requests", retry)
    await expect
      .poll(readRuns, { timeout: 300_000 })
      .toMatchObject([{ outcome: "succeeded" }, { outcome: "failed" }])
  })
})
