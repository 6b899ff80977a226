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

/** A killed run changes nothing else in the ledger; most looks of an idle server need not look for one. */
const pollsPerLiveness = 6

/** Object stores charge for listings. */
const pollsPerObjectListing = 120

/** Watches the ledger and the landing zone until the signal is aborted, and reconnects after a loss. */
export async function watchProject(services: Services, watcher: ProjectWatcher): Promise<void> {
  const { signal, withLedger, config } = services
  const zone = openLandingZone(config)
  const listingPolls = isObjectStoreUrl(config.landing) ? pollsPerObjectListing : pollsPerListing
  let previousVersion: string | undefined
  let previousListing: string | undefined
  let liveRuns = ""
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
        const version = await readLedgerVersion(client)
        if (count % pollsPerLiveness === 0) liveRuns = await listLiveRuns(client)
        if (count === 0) watcher.onConnected()
        const isListing = count % listingPolls === 0 || previousListing === undefined
        compare(
          `${version} ${liveRuns}`,
          isListing ? await describeFiles() : (previousListing ?? ""),
        )
        await pause(pollIntervalMs, signal)
      }
    })
  while (!signal.aborted) {
    await poll().catch(watcher.onLost)
    await pause(pollIntervalMs, signal)
  }
}

async function listLiveRuns(client: LedgerClient): Promise<string> {
  return (await readLiveRuns(client)).map(({ run }) => run).join(" ")
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await delay(ms, undefined, { signal }).catch(() => {})
}
