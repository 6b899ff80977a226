import { expect, test } from "vitest"

import { readDocument, type ServedProject, withServedProject } from "./served-project.ts"
import { everyMorning } from "./shop.ts"

async function withSchedule(work: (project: ServedProject) => Promise<void>): Promise<void> {
  await withServedProject(work, { automation: everyMorning })
}

const path = "/api/schedules/group%3Ashop"

test("a schedule is paused and resumed, and says why it runs nothing", async () => {
  await withSchedule(async ({ get, post }) => {
    expect(await readDocument(await get("/api/schedules"))).toMatchObject({
      schedules: [
        { name: "group:shop", paused: false, ticks: [], idle_reason: { kind: "next_instant" } },
      ],
    })
    const paused = {
      schedules: [{ paused: true, next_tick_at: null, idle_reason: { kind: "paused" } }],
    }
    expect(await readDocument(await post(`${path}/pause`, { paused: true }))).toMatchObject(paused)
    expect(await readDocument(await get("/api/schedules"))).toMatchObject(paused)
    expect(await readDocument(await post(`${path}/pause`, { paused: false }))).toMatchObject({
      schedules: [{ paused: false, idle_reason: { kind: "next_instant" } }],
    })
  })
})

test("an instant that no scheduler records makes the schedule due", async () => {
  await withSchedule(async ({ get, services }) => {
    await get("/api/schedules")
    await services.withLedger((client) =>
      client.query("update freshet.schedules set since_at = now() - interval '2 days'"),
    )
    expect(await readDocument(await get("/api/schedules"))).toMatchObject({
      schedules: [
        {
          idle_reason: {
            kind: "due",
            message: expect.stringContaining("and no scheduler has recorded it."),
            hint: "`freshet serve` records and executes due ticks.",
          },
        },
      ],
    })
  })
})

test("a requested tick makes one run, which the list of ticks names", async () => {
  await withSchedule(async ({ get, post }) => {
    expect(await readDocument(await post(`${path}/tick`, {}))).toMatchObject({
      command: "freshet schedule tick group:shop",
      state: "queued",
    })
    const readSchedules = async () => readDocument(await get("/api/schedules"))
    await expect
      .poll(readSchedules, { timeout: 300_000 })
      .toMatchObject({ schedules: [{ ticks: [{ state: "succeeded" }] }] })
    const { runs } = await readDocument<{ runs: readonly { id: string }[] }>(await get("/api/runs"))
    expect(runs).toHaveLength(1)
    expect(await readSchedules()).toMatchObject({
      schedules: [{ latest_tick: { run: runs[0]?.id }, idle_reason: { kind: "next_instant" } }],
    })
  })
})

test("an unknown schedule is refused with a suggestion", async () => {
  await withSchedule(async ({ post }) => {
    const response = await post("/api/schedules/group%3Ashpo/tick", {})
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      problems: [{ message: "No schedule is called `group:shpo`." }],
    })
  })
})
