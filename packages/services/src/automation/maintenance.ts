import { FreshetError, getErrorMessage } from "@freshet/core/engine"
import { expireRecords } from "@freshet/io"

import { collectGarbage } from "../maintain/collect-garbage.ts"
import { getRecordExpiry, listExpiredRecords } from "../maintain/record-expiry.ts"
import type { Services } from "../services.ts"
import { createWakeUp } from "./wake-up.ts"

/** The time between two maintenances. */
const pauseMs = 86_400_000
/** The time between two attempts to delete garbage while runs are under way. */
const busyPauseMs = 60_000
/** The grace period of garbage. */
const graceMs = 7 * 86_400_000

/** Deletes expired records and garbage at once and then every day, until the signal is aborted. `isIdle` tests if no tick waits. */
export async function maintainUntilStopped(
  services: Services,
  isIdle: () => boolean,
): Promise<void> {
  const { signal } = services
  const pause = createWakeUp()
  while (!signal.aborted) {
    const startedMs = services.nowMs()
    await reportFailure(services, () => deleteExpiredRecords(services))
    while (!signal.aborted && !(await tryToCollect(services, isIdle)))
      await pause.wait(busyPauseMs, signal)
    await pause.wait(Math.max(0, startedMs + pauseMs - services.nowMs()), signal)
  }
}

/** Deletes the expired records of the ledger. Runs may be under way. */
export async function deleteExpiredRecords(services: Services): Promise<void> {
  const { config, signal, emit } = services
  const expiry = getRecordExpiry(config, services.nowMs())
  const counts = await services.withLedger((client) =>
    expireRecords(client, expiry, { dryRun: false, signal }),
  )
  const records = listExpiredRecords(counts)
  if (records.length > 0) emit({ kind: "records_expired", records })
}

/** Deletes garbage if no run is under way; returns false if one is. */
async function tryToCollect(services: Services, isIdle: () => boolean): Promise<boolean> {
  if (!isIdle()) return false
  const request = { graceMs, unpublish: false, dryRun: false, wait: false }
  try {
    const { materializations, files } = await collectGarbage(services, request)
    if (materializations + files > 0)
      services.emit({ kind: "garbage_collected", materializations, files })
  } catch (error) {
    if (error instanceof FreshetError && error.code === "busy") return false
    emitFailure(services, error)
  }
  return true
}

async function reportFailure(services: Services, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    emitFailure(services, error)
  }
}

function emitFailure({ emit, signal }: Services, error: unknown): void {
  if (!signal.aborted) emit({ kind: "maintenance_failed", message: getErrorMessage(error) })
}
