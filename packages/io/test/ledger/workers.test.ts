import { setTimeout as delay } from "node:timers/promises"

import { expect, test } from "vitest"

import { recordingLock } from "../../src/ledger/locks.ts"
import { openRunLedger, type RunLedger } from "../../src/ledger/run-ledger.ts"
import { readLiveRuns } from "../../src/ledger/run-lock.ts"
import { readRuns } from "../../src/ledger/runs.ts"
import { extendLease, readWorkers } from "../../src/ledger/workers.ts"
import {
  buildMaterialization,
  buildStep,
  noAssets,
  openLedgerDatabase,
  withRun,
} from "./ledger-database.ts"
import { pauseInserts } from "./paused-inserts.ts"

const { url, client } = openLedgerDatabase()
const step = { computation: "recs", partition: 20_000, outputs: ["recs"], pool: undefined }

async function findRun(id: string) {
  return (await readRuns(client(), 100)).find((run) => run.id === id)
}

/** Lets the lease of a run's worker expire, as if its process had been stopped for long. */
async function expireLease(run: string): Promise<void> {
  await client().query(
    "update freshet.workers set lease_until = now() - interval '1 second' where run = $1",
    [run],
  )
}

/** Takes a step that another run has claimed, as soon as that run is found dead. */
async function takeStep({ ledger }: Pick<RunLedger, "ledger">) {
  for (;;) {
    const claim = await ledger.claimStep(step)
    if (claim.kind === "claimed") return claim
    await delay(20)
  }
}

test("of two runs one claims a step, and the other can when it is recorded", async () => {
  await withRun(url(), "one", async (one) => {
    await withRun(url(), "two", async (two) => {
      expect(await one.ledger.claimStep(step)).toMatchObject({ kind: "claimed" })
      expect(await two.ledger.claimStep(step)).toEqual({ kind: "taken" })
      expect(await two.ledger.claimStep({ ...step, partition: 20_001 })).toMatchObject({
        kind: "claimed",
      })
      await one.ledger.recordStep(buildStep("one"))
      const claim = await two.ledger.claimStep(step)
      const range = { from: 20_000, to: 20_000 }
      const records = await two.ledger.readMaterializations([{ asset: "recs", range }])
      expect(claim).toMatchObject({ kind: "claimed", newestRecord: records.at(-1)?.id })
    })
  })
})

test("the limit of a pool holds over all runs, and the claims of a dead run use no slot", async () => {
  const pool = { name: "api", limit: 2 }
  const inPool = (partition: number) => ({ ...step, partition, pool })
  await withRun(url(), "pooled", async ({ ledger }) => {
    await withRun(url(), "pooled beside", async (beside) => {
      const claims = [1, 2, 3].flatMap((partition) => [
        ledger.claimStep(inPool(partition)),
        beside.ledger.claimStep(inPool(partition + 3)),
      ])
      const kinds = (await Promise.all(claims)).map(({ kind }) => kind)
      expect(kinds.filter((kind) => kind === "claimed")).toHaveLength(2)
      expect(await beside.ledger.claimStep({ ...step, partition: 7 })).toMatchObject({
        kind: "claimed",
      })
    })
    await ledger.endRun({ id: "pooled", outcome: "succeeded" })
  })
  await withRun(url(), "after", async ({ ledger }) => {
    expect(await ledger.claimStep(inPool(8))).toMatchObject({ kind: "claimed" })
  })
})

test("while a run of a higher priority lives, a lower one claims no step, and keeps those that it has", async () => {
  const outranked = { kind: "outranked" }
  const beside = { ...step, partition: 20_001 }
  const kind = "backfill" as const
  await withRun(
    url(),
    "backfill",
    async ({ ledger }) => {
      expect(await ledger.claimStep(step)).toMatchObject({ kind: "claimed" })
      await withRun(
        url(),
        "scheduled",
        async (scheduled) => {
          expect(await ledger.isOutranked()).toBe(true)
          expect(await ledger.claimStep(beside)).toEqual(outranked)
          expect(await ledger.claimPublication("recs")).toBe(true)
          expect(await scheduled.ledger.isOutranked()).toBe(false)
          expect(await scheduled.ledger.claimStep(step)).toEqual({ kind: "taken" })
          expect(await scheduled.ledger.claimStep(beside)).toMatchObject({ kind: "claimed" })
          await ledger.recordStep(buildStep("backfill"))
          expect(await scheduled.ledger.claimStep(step)).toMatchObject({ kind: "claimed" })
          expect(await ledger.claimStep({ ...step, partition: 20_002 })).toEqual(outranked)
        },
        { kind: "schedule" },
      )
      expect(await takeStep({ ledger })).toMatchObject({ kind: "claimed" })
      expect(await findRun("scheduled")).toMatchObject({ outcome: "killed", kind: "schedule" })
    },
    { kind },
  )
})

test("while a run of a higher priority only waits, a lower one claims steps, but none of a pool that it waits for", async () => {
  const pool = { name: "waited for", limit: 5 }
  await withRun(
    url(),
    "goes on",
    async ({ ledger }) => {
      await withRun(url(), "waits", async (higher) => {
        await higher.ledger.recordAwaitedPools([pool.name])
        expect(await ledger.isOutranked()).toBe(false)
        expect(await ledger.claimStep(step)).toMatchObject({ kind: "claimed" })
        expect(await ledger.claimStep({ ...step, partition: 1, pool })).toEqual({ kind: "taken" })
        expect(
          (await readLiveRuns(client())).map(({ run, isWaiting }) => [run, isWaiting]),
        ).toEqual([
          ["goes on", false],
          ["waits", true],
        ])
        await higher.ledger.recordAwaitedPools([])
        expect(await ledger.claimStep({ ...step, partition: 1, pool })).toMatchObject({
          kind: "claimed",
        })
        await higher.ledger.recordAwaitedPools(undefined)
        expect(await ledger.isOutranked()).toBe(true)
      })
    },
    { kind: "backfill" },
  )
})

test("a run of a higher priority that was stopped for longer than its lease holds no other one", async () => {
  await withRun(
    url(),
    "lower",
    async ({ ledger }) => {
      const stopped = await openStopped("higher")
      expect(await ledger.claimStep(step)).toEqual({ kind: "outranked" })
      await expireLease("higher")
      expect(await ledger.isOutranked()).toBe(false)
      expect(await ledger.claimStep(step)).toMatchObject({ kind: "claimed" })
      await stopped.close()
    },
    { kind: "schedule" },
  )
})

test("until the pause after a failed attempt has ended, no process of the run claims the step, and another run can", async () => {
  const attempt = { ...step, run: "paused", attempt: 1, message: "reset", startedMs: 0, endedMs: 0 }
  await withRun(url(), "paused", async ({ ledger }) => {
    expect(await ledger.claimStep(step)).toMatchObject({ kind: "claimed", failedAttempts: 0 })
    await ledger.recordAttempt({ ...attempt, delayMs: 3_600_000 })
    await ledger.releaseStep(step)
    const options = {
      pid: 43,
      mode: "shared",
      wait: true,
      onWait: () => {},
      graph: noAssets,
    } as const
    const assistant = await openRunLedger(url(), options)
    await assistant.joinRun("paused")
    expect(await assistant.ledger.claimStep(step)).toEqual({ kind: "taken" })
    expect(await ledger.claimStep(step)).toEqual({ kind: "taken" })
    await withRun(url(), "not paused", async (other) => {
      expect(await other.ledger.claimStep(step)).toMatchObject({
        kind: "claimed",
        failedAttempts: 0,
      })
      await other.ledger.releaseStep(step)
    })
    await client().query("update freshet.attempts set next_attempt_at = now()")
    expect(await assistant.ledger.claimStep(step)).toMatchObject({
      kind: "claimed",
      failedAttempts: 1,
    })
    await assistant.close()
  })
})

test("a released step can be claimed again, and a run that ends releases all its claims", async () => {
  await withRun(url(), "first", async ({ ledger }) => {
    await withRun(url(), "second", async (second) => {
      await ledger.claimStep(step)
      await ledger.releaseStep(step)
      expect(await second.ledger.claimStep(step)).toMatchObject({ kind: "claimed" })
      expect(await second.ledger.claimPublication("recs")).toBe(true)
      expect(await ledger.claimPublication("recs")).toBe(false)
      await second.ledger.endRun({ id: "second", outcome: "interrupted" })
      expect(await ledger.claimPublication("recs")).toBe(true)
      expect(await ledger.claimStep(step)).toMatchObject({ kind: "claimed" })
    })
  })
})

test("the claims of a run whose connection is gone are free at once, and its run is killed", async () => {
  await withRun(url(), "survivor", async (survivor) => {
    await withRun(url(), "gone", async ({ ledger }) => void (await ledger.claimStep(step)))
    expect(await takeStep(survivor)).toMatchObject({ kind: "claimed" })
    expect(await findRun("gone")).toMatchObject({ outcome: "killed" })
    expect(await readWorkers(client())).toMatchObject([{ run: "survivor", pid: 42, claims: 1 }])
  })
})

test("a run that was stopped for longer than its lease can record nothing when it continues", async () => {
  await withRun(url(), "successor", async (successor) => {
    const stopped = await openStopped("stopped")
    await stopped.ledger.claimStep(step)
    await expireLease("stopped")
    await takeStep(successor)
    const late = stopped.ledger.recordStep(buildStep("stopped", { inputVersion: "late" }))
    await expect(late).rejects.toMatchObject({ code: "ledger" })
    expect(await findRun("stopped")).toMatchObject({ outcome: "killed", stepsByOutcome: {} })
    await stopped.close()
  })
})

test("a record of an ended run is refused also over a connection that was left open", async () => {
  const ended = await openStopped("ended")
  await client().query("update freshet.runs set outcome = 'killed' where id = 'ended'")
  const late = ended.ledger.recordStep(buildStep("ended"))
  await expect(late).rejects.toMatchObject({
    code: "ledger",
    message: "The ledger refused a record: its run has ended.",
  })
  await expect(ended.ledger.endRun({ id: "ended", outcome: "succeeded" })).rejects.toMatchObject({
    code: "ledger",
  })
  expect(await findRun("ended")).toMatchObject({ outcome: "killed", stepsByOutcome: {} })
  await ended.close()
})

test("an ended worker can extend, record and claim nothing, although its run is open and its sessions live", async () => {
  const ended = await openStopped("fenced")
  const { rows } = await client().query<{ id: number }>(
    "update freshet.workers set ended_at = now() where run = 'fenced' returning id",
  )
  const [worker] = rows
  expect(await extendLease(client(), worker!.id)).toBe(false)
  await expect(ended.ledger.recordStep(buildStep("fenced"))).rejects.toMatchObject({
    message: "The ledger refused a record: its run has ended.",
  })
  const openRun = "select from freshet.runs where id = 'fenced' and outcome is null"
  expect((await client().query(openRun)).rowCount).toBe(1)
  expect(await ended.ledger.claimStep(step)).toEqual({ kind: "taken" })
  await ended.close()
})

test("a worker cannot be ended between the test of its record and the end of the record", async () => {
  const recorder = await openStopped("recorder")
  await pauseInserts(client(), "steps", {
    work: () => recorder.ledger.recordStep(buildStep("recorder")),
    whilePaused: async () => {
      await client().query("set lock_timeout = '50ms'")
      const end = client().query(
        "update freshet.workers set ended_at = now() where run = 'recorder'",
      )
      await expect(end).rejects.toMatchObject({ code: "55P03" })
      await client().query("reset lock_timeout")
    },
  })
  await recorder.close()
})

test("the end of a run that another process has ended is refused", async () => {
  const ended = await openStopped("closed")
  await client().query("update freshet.runs set outcome = 'killed' where id = 'closed'")
  await expect(ended.ledger.endRun({ id: "closed", outcome: "succeeded" })).rejects.toMatchObject({
    message: "Another process has ended the run.",
  })
  expect(await findRun("closed")).toMatchObject({ outcome: "killed" })
  await ended.close()
})

test("a stopped run whose claims no other run needs goes on", async () => {
  const stopped = await openStopped("sleeping")
  await stopped.ledger.claimStep(step)
  await expireLease("sleeping")
  await stopped.ledger.recordStep(buildStep("sleeping"))
  await stopped.ledger.endRun({ id: "sleeping", outcome: "succeeded" })
  expect(await findRun("sleeping")).toMatchObject({ outcome: "succeeded" })
  await stopped.close()
})

test("steps of two runs are committed in the order of their ids", async () => {
  await withRun(url(), "early", async (early) => {
    await withRun(url(), "late", async (late) => {
      await client().query("begin")
      await client().query("select pg_advisory_xact_lock($1, $2)", [...recordingLock])
      const record = (run: string, partition: number) =>
        buildStep(run, { materializations: [buildMaterialization({ asset: run, partition })] })
      const records = [1, 2, 3].flatMap((partition) => [
        early.ledger.recordStep(record("early", partition)),
        late.ledger.recordStep(record("late", partition)),
      ])
      await delay(100)
      const { rows } = await client().query("select from freshet.steps where run = any($1)", [
        ["early", "late"],
      ])
      expect(rows).toEqual([])
      await client().query("commit")
      await Promise.all(records)
      expect(await findRun("early")).toMatchObject({ stepsByOutcome: { materialized: 3 } })
    })
  })
})

test("a run notices that others have recorded, and its own records are no others", async () => {
  await withRun(url(), "reader", async (reader) => {
    await reader.ledger.recordStep(buildStep("reader"))
    expect(await reader.ledger.hasOtherRecords()).toBe(false)
    await withRun(url(), "writer", async (writer) => {
      await writer.ledger.recordStep(buildStep("writer"))
    })
    expect(await reader.ledger.hasOtherRecords()).toBe(true)
  })
})

test("work for a run that is alone is done only then", async () => {
  const work: string[] = []
  await withRun(url(), "alone", async (alone) => {
    await alone.whileAlone(async () => void work.push("alone"))
    await withRun(url(), "beside", async (beside) => {
      await beside.whileAlone(async () => void work.push("beside"))
    })
  })
  expect(work).toEqual(["alone"])
})

test("a tick is executed by one of two runs", async () => {
  await withRun(url(), "tick 1", async (one) => {
    await withRun(url(), "tick 2", async (two) => {
      expect(await one.claimWork({ kind: "tick", id: 7 }, "tick 1")).toBe(true)
      expect(await two.claimWork({ kind: "tick", id: 7 }, "tick 2")).toBe(false)
    })
  })
})

/** Opens a run whose process does not use it for some time. */
async function openStopped(run: string): Promise<RunLedger> {
  const options = {
    pid: 43,
    mode: "shared",
    wait: false,
    onWait: () => {},
    graph: noAssets,
  } as const
  const stopped = await openRunLedger(url(), options)
  await stopped.ledger.beginRun({
    id: run,
    command: `freshet materialize ${run}`,
    kind: "interactive",
    steps: 1,
    work: {},
    codeVersion: "",
  })
  return stopped
}
