import { randomUUID } from "node:crypto"

import { expect, test } from "vitest"

import { readScheduleStates, registerSchedules } from "../../src/ledger/schedules.ts"
import { withTransaction } from "../../src/ledger/transaction.ts"
import { openLedgerDatabase } from "./ledger-database.ts"

const { client } = openLedgerDatabase()

async function isRegistered(name: string): Promise<boolean> {
  const { states } = await readScheduleStates(client(), [name])
  return states.has(name)
}

test("a transaction whose work fails stores nothing, and its connection can be used", async () => {
  const name = `schedule ${randomUUID()}`
  const work = withTransaction(client(), async () => {
    await registerSchedules(client(), [name])
    throw new Error("the work fails")
  })
  await expect(work).rejects.toThrow("the work fails")
  expect(await isRegistered(name)).toBe(false)
})

test("a transaction is stored as a whole", async () => {
  const name = `schedule ${randomUUID()}`
  await withTransaction(client(), () => registerSchedules(client(), [name]))
  expect(await isRegistered(name)).toBe(true)
})
