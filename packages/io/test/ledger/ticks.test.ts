import { randomUUID } from "node:crypto"

import { expect, test } from "vitest"

import { connectLedger } from "../../src/ledger/connection.ts"
import { beginWork, endWork } from "../../src/ledger/queued-work.ts"
import {
  readScheduleStates,
  registerSchedules,
  setSchedulePaused,
} from "../../src/ledger/schedules.ts"
import { findTick, readNewestTicks, readOpenTicks, recordTicks } from "../../src/ledger/ticks.ts"
import { openLedgerDatabase, withRun } from "./ledger-database.ts"
import { pauseInserts } from "./paused-inserts.ts"

const { url, client } = openLedgerDatabase()
const tickMs = Date.UTC(2026, 0, 5, 6)

/** Registers a schedule of its own name. */
async function createSchedule(): Promise<string> {
  const name = `schedule ${randomUUID()}`
  await registerSchedules(client(), [name])
  return name
}

/** Records a tick, and returns its id. */
async function createTick(schedule: string, ms = tickMs): Promise<number> {
  const ids = await recordTicks(client(), [schedule], () => [{ schedule, tickMs: ms }])
  return ids[0]!
}

test("a registered schedule is active, without a tick, since its first registration", async () => {
  const name = await createSchedule()
  const { states, nowMs } = await readScheduleStates(client(), [name, "unknown"])
  await registerSchedules(client(), [name])
  expect([...states.keys()]).toEqual([name])
  expect(states.get(name)).toEqual({
    sinceMs: expect.any(Number),
    isPaused: false,
    newestTick: undefined,
  })
  expect(states.get(name)!.sinceMs).toBeLessThanOrEqual(nowMs)
  expect((await readScheduleStates(client(), [name])).states).toEqual(states)
})

test("a tick of one instant is recorded once", async () => {
  const schedule = await createSchedule()
  await createTick(schedule)
  expect(await createTick(schedule)).toBeUndefined()
  expect((await readScheduleStates(client(), [schedule])).states.get(schedule)!.newestTick).toEqual(
    {
      tickMs,
      isEnded: false,
      planVersion: undefined,
      lastArrival: 0,
    },
  )
})

test("of schedulers that look at once, each sees the ticks of those before", async () => {
  const schedule = await createSchedule()
  const clients = await Promise.all(Array.from({ length: 5 }, () => connectLedger(url())))
  try {
    const looks = clients.map((scheduler) =>
      recordTicks(scheduler, [schedule], ({ states }) =>
        states.get(schedule)!.newestTick === undefined ? [{ schedule, tickMs }] : [],
      ),
    )
    expect((await Promise.all(looks)).flat()).toHaveLength(1)
  } finally {
    await Promise.all(clients.map((scheduler) => scheduler.end()))
  }
})

test("a scheduler locks its schedules until its ticks are recorded", async () => {
  const schedule = await createSchedule()
  const scheduler = await connectLedger(url())
  await pauseInserts(client(), "ticks", {
    work: () => recordTicks(scheduler, [schedule], () => [{ schedule, tickMs }]),
    whilePaused: async () => {
      const text = "select from freshet.schedules where name = $1 for update nowait"
      await expect(client().query(text, [schedule])).rejects.toMatchObject({ code: "55P03" })
    },
  })
  await scheduler.end()
})

test("a failed search for due ticks records nothing", async () => {
  const schedule = await createSchedule()
  const fail = () => {
    throw new Error("broken")
  }
  await expect(recordTicks(client(), [schedule], fail)).rejects.toThrow("broken")
  expect(await createTick(schedule)).toEqual(expect.any(Number))
})

test("a resumed schedule begins at its resumption", async () => {
  const schedule = await createSchedule()
  const read = async () => (await readScheduleStates(client(), [schedule])).states.get(schedule)!
  const { sinceMs } = await read()
  await setSchedulePaused(client(), schedule, true)
  expect(await read()).toMatchObject({ isPaused: true, sinceMs })
  await setSchedulePaused(client(), schedule, false)
  const resumed = await read()
  expect(resumed.isPaused).toBe(false)
  expect(resumed.sinceMs).toBeGreaterThan(sinceMs)
  await setSchedulePaused(client(), schedule, false)
  expect(await read()).toEqual(resumed)
})

test("an open tick gets another run until it has ended", async () => {
  const schedule = await createSchedule()
  const id = await createTick(schedule)
  const isOpen = async () => (await readOpenTicks(client())).some((tick) => tick.id === id)
  expect(await beginWork(client(), { kind: "tick", id }, "killed")).toBe(true)
  expect(await isOpen()).toBe(true)
  expect(await beginWork(client(), { kind: "tick", id }, "second")).toBe(true)
  await withRun(url(), "second", () =>
    endWork(client(), { kind: "tick", id }, { outcome: "succeeded" }),
  )
  expect(await beginWork(client(), { kind: "tick", id }, "third")).toBe(false)
  expect(await isOpen()).toBe(false)
  expect((await readNewestTicks(client())).get(schedule)).toMatchObject({
    run: "second",
    outcome: "succeeded",
  })
})

test("the first recorded end of a tick is final", async () => {
  const schedule = await createSchedule()
  const id = await createTick(schedule)
  await endWork(
    client(),
    { kind: "tick", id },
    { outcome: "failed", message: "There is no landing zone." },
  )
  await endWork(client(), { kind: "tick", id }, { outcome: "succeeded" })
  expect(await findTick(client(), { schedule, tickMs })).toMatchObject({
    outcome: "failed",
    message: "There is no landing zone.",
    run: undefined,
  })
})

test("the newest tick of a schedule is the one with the latest instant", async () => {
  const schedule = await createSchedule()
  await createTick(schedule, tickMs + 1000)
  await createTick(schedule)
  expect((await readNewestTicks(client())).get(schedule)!.tickMs).toBe(tickMs + 1000)
})
