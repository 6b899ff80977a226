import type { RunOutcome } from "@freshet/core/engine"
import { describe, expect, test } from "vitest"

import { requestCancel } from "../../src/ledger/cancel.ts"
import { beginWork, endWork } from "../../src/ledger/queued-work.ts"
import {
  findRequest,
  insertRequest,
  readLatestRequests,
  readOpenRequests,
  type RecordedRequest,
} from "../../src/ledger/requests.ts"
import { openLedgerDatabase, withRun } from "./ledger-database.ts"

const { url, client } = openLedgerDatabase()

test("a request stays open when the run that has claimed it is killed, and the next run ends it", async () => {
  const target = { kind: "materialize", selection: ["recs"] }
  const { id } = await insertRequest(client(), { command: "freshet materialize recs", target })
  expect(await readOpenRequests(client())).toEqual([
    expect.objectContaining({ id, target, isTaken: false, outcome: undefined }),
  ])
  const work = { kind: "request", id } as const
  await withRun(url(), "killed", async ({ claimWork }) => {
    expect(await claimWork(work, "killed")).toBe(true)
    expect(await beginWork(client(), work, "killed")).toBe(true)
    expect(await findRequest(client(), id)).toMatchObject({ isTaken: true, run: "killed" })
    await withRun(url(), "beside", async (beside) => {
      expect(await beside.claimWork(work, "beside")).toBe(false)
    })
  })
  expect(await readOpenRequests(client())).toMatchObject([{ id, isTaken: false }])
  await withRun(url(), "next", async ({ claimWork }) => {
    expect(await claimWork(work, "next")).toBe(true)
    expect(await beginWork(client(), work, "next")).toBe(true)
    await endWork(client(), work, { outcome: "succeeded" })
    expect(await beginWork(client(), work, "late")).toBe(false)
  })
  expect(await readOpenRequests(client())).toEqual([])
  expect(await readLatestRequests(client(), 1)).toMatchObject([
    { id, run: "next", outcome: "succeeded", message: undefined },
  ])
})

test("a rejected request has its reason and no run", async () => {
  const { id } = await insertRequest(client(), { command: "freshet materialize", target: {} })
  const work = { kind: "request", id } as const
  await beginWork(client(), work, "never recorded")
  await endWork(client(), work, { outcome: "failed", message: "There is no landing zone." })
  expect(await findRequest(client(), id)).toMatchObject({
    run: undefined,
    outcome: "failed",
    message: "There is no landing zone.",
  })
})

describe("the end of a run", () => {
  /** Executes a new request by a run that ends with an outcome, and returns the request. */
  async function endRequestedRun(
    run: string,
    outcome: RunOutcome,
    { isCancelled = false } = {},
  ): Promise<RecordedRequest> {
    const { id } = await insertRequest(client(), { command: "freshet materialize", target: {} })
    const work = { kind: "request", id } as const
    await withRun(url(), run, async ({ claimWork, ledger }) => {
      expect(await claimWork(work, run)).toBe(true)
      expect(await beginWork(client(), work, run)).toBe(true)
      if (isCancelled) await requestCancel(client(), run)
      await ledger.endRun({ id: run, outcome })
    })
    return findRequest(client(), id)
  }

  test("ends its request before another process can claim it", async () => {
    expect(await endRequestedRun("done", "succeeded")).toMatchObject({ outcome: "succeeded" })
    expect(await endRequestedRun("broken", "failed")).toMatchObject({ outcome: "failed" })
  })

  test("leaves the request open for another process when its own one was shut down", async () => {
    const open = { outcome: undefined, isTaken: false }
    expect(await endRequestedRun("shut down", "interrupted")).toMatchObject(open)
  })

  test("ends the request when it was cancelled", async () => {
    const request = await endRequestedRun("cancelled", "interrupted", { isCancelled: true })
    expect(request).toMatchObject({ outcome: "interrupted", run: "cancelled" })
  })
})
