import { setTimeout as delay } from "node:timers/promises"

import { type LedgerClient, readLedgerVersion, readLiveRuns } from "@freshet/io"

import { isObjectStoreUrl } from "../config.ts"
import { openLandingZone } from "../open-landing-zone.ts"
import type { Services } from "../services.ts"

/** Handles changes of a watched project. */
export interface ProjectWatcher {
  /** Called when the ledger answers, the first time and after a loss of the connection. */
  readonly onConnected: () => void
  /** Called after a change of the ledger or the landing zone, and when a run is killed. */
  readonly onChanged: () => void
  /** Called when the ledger cannot be reached; the next attempt follows. */
  readonly onLost: (error: unknown) => void
}

const pollIntervalMs = 500

/** The landing zone may be large, so its files are listed less often. */
const pollsPerListing = 6

/** Object stores charge for listings. */
const pollsPerObjectListing = 120

/** Watches the ledger and the landing zone until the signal is aborted, and reconnects after a loss. */
export async function watchProject(services: Services, watcher: ProjectWatcher): Promise<void> {
  const { signal, withLedger, config } = services
  const zone = openLandingZone(config)
  const listingPolls = isObjectStoreUrl(config.landing) ? pollsPerObjectListing : pollsPerListing
  let previousVersion: string | undefined
  let previousListing: string | undefined
  const compare = (version: string, listing: string) => {
    const isChanged = version !== previousVersion || listing !== previousListing
    const isFirst = previousVersion === undefined
    ;[previousVersion, previousListing] = [version, listing]
    if (isChanged && !isFirst) watcher.onChanged()
  }
  const describeFiles = () => zone.describeFiles().catch(() => previousListing ?? "")
  const poll = () =>
    withLedger(async (client) => {
      for (let count = 0; !signal.aborted; count += 1) {
        const version = await readVersion(client)
        if (count === 0) watcher.onConnected()
        const isListing = count % listingPolls === 0 || previousListing === undefined
        compare(version, isListing ? await describeFiles() : (previousListing ?? ""))
        await pause(pollIntervalMs, signal)
      }
    })
  while (!signal.aborted) {
    await poll().catch(watcher.onLost)
    await pause(pollIntervalMs, signal)
  }
}

/** Reads the version of the ledger with the runs that live: a killed run changes nothing else. */
async function readVersion(client: LedgerClient): Promise<string> {
  const version = await readLedgerVersion(client)
  const liveRuns = await readLiveRuns(client)
  return [version, ...liveRuns.map(({ run }) => run)].join(" ")
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await delay(ms, undefined, { signal }).catch(() => {})
}
