import { randomUUID } from "node:crypto"

import { expect, test } from "vitest"

import {
  claimDeliveries,
  endDelivery,
  type NewAlert,
  postponeDelivery,
  readAlerts,
  syncAlerts,
} from "../../src/ledger/alerts.ts"
import { connectLedger } from "../../src/ledger/connection.ts"
import { openLedgerDatabase } from "./ledger-database.ts"
import { pauseInserts } from "./paused-inserts.ts"

const { url, client } = openLedgerDatabase()

function createAlert(): NewAlert {
  return { key: randomUUID(), title: "user_recs is overdue", detail: "activity_log waits" }
}

const findAlerts = async ({ key }: NewAlert) =>
  (await readAlerts(client(), 1000)).filter((alert) => alert.key === key)

const claim = async ({ key }: NewAlert) =>
  (await claimDeliveries(client())).filter((delivery) => delivery.key === key)

/** Makes all deliveries due again, as after the time of their claims. */
const expireClaims = () => client().query("update freshet.alerts set next_attempt_at = now()")

test("an alert is opened once while it is open, and again after it was resolved", async () => {
  const alert = createAlert()
  await syncAlerts(client(), "overdue", { alerts: [alert] })
  await syncAlerts(client(), "overdue", { alerts: [{ ...alert, title: "other" }] })
  expect(await findAlerts(alert)).toEqual([
    expect.objectContaining({ ...alert, kind: "overdue", isSent: false, resolvedMs: undefined }),
  ])
  await syncAlerts(client(), "overdue", { alerts: [] })
  expect((await findAlerts(alert))[0]!.resolvedMs).toEqual(expect.any(Number))
  await syncAlerts(client(), "overdue", { alerts: [alert] })
  expect(await findAlerts(alert)).toHaveLength(2)
})

test("the alerts of a kind are replaced at once", async () => {
  const [first, second] = [createAlert(), createAlert()]
  await syncAlerts(client(), "overdue", { alerts: [first] })
  const scheduler = await connectLedger(url())
  await pauseInserts(client(), "alerts", {
    work: () => syncAlerts(scheduler, "overdue", { alerts: [second] }),
    whilePaused: async () => expect((await findAlerts(first))[0]!.resolvedMs).toBe(undefined),
  })
  expect((await findAlerts(first))[0]!.resolvedMs).toEqual(expect.any(Number))
  await scheduler.end()
})

test("alerts of another kind and undecided ones stay open", async () => {
  const [overdue, undecided] = [createAlert(), createAlert()]
  await syncAlerts(client(), "overdue", { alerts: [overdue] })
  await syncAlerts(client(), "tick_failed", { alerts: [undecided] })
  await syncAlerts(client(), "tick_failed", { alerts: [], undecidedKeys: [undecided.key] })
  for (const alert of [overdue, undecided])
    expect((await findAlerts(alert))[0]!.resolvedMs).toBeUndefined()
})

test("the opening of an alert is delivered first, and its end after that", async () => {
  const alert = createAlert()
  await syncAlerts(client(), "overdue", { alerts: [alert] })
  await syncAlerts(client(), "overdue", { alerts: [] })
  for (const notification of ["opened", "resolved"] as const) {
    const [delivery, ...others] = await claim(alert)
    expect(others).toEqual([])
    expect(delivery).toMatchObject({ notification })
    await endDelivery(client(), delivery!)
  }
  expect(await claim(alert)).toEqual([])
})

test("of processes that claim at once, one delivers; after its death another one", async () => {
  const alert = createAlert()
  await syncAlerts(client(), "overdue", { alerts: [alert] })
  const clients = await Promise.all(Array.from({ length: 5 }, () => connectLedger(url())))
  try {
    const claims = await Promise.all(clients.map((process) => claimDeliveries(process)))
    expect(claims.flat().filter(({ key }) => key === alert.key)).toHaveLength(1)
    expect(await claim(alert)).toEqual([])
    await expireClaims()
    expect(await claim(alert)).toHaveLength(1)
  } finally {
    await Promise.all(clients.map((process) => process.end()))
  }
})

test("a failed delivery is postponed with its error", async () => {
  const alert = createAlert()
  await syncAlerts(client(), "overdue", { alerts: [alert] })
  const [delivery] = await claim(alert)
  await postponeDelivery(client(), delivery!.id, "The webhook answered 500.")
  expect(await claim(alert)).toEqual([])
  expect((await findAlerts(alert))[0]).toMatchObject({ lastError: "The webhook answered 500." })
  await expireClaims()
  expect(await claim(alert)).toHaveLength(1)
})
