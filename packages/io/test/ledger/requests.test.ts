import { expect, test } from "vitest"

import { beginWork, endWork } from "../../src/ledger/queued-work.ts"
import {
  findRequest,
  insertRequest,
  readLatestRequests,
  readOpenRequests,
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
