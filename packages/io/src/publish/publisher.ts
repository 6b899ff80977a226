import type { Publisher } from "@freshet/core/engine"

import { connectLedger } from "../ledger/connection.ts"
import { toPublishError } from "./publish-error.ts"
import type { StoredRows } from "./stage-table.ts"
import { defaultTimeLimits, type TimeLimits } from "./time-limits.ts"
import type { Connect } from "./with-connection.ts"

/** The database of published tables, the reader of stored rows, and the time limits of publications: `defaultTimeLimits` unless given. */
export type PublisherOptions = StoredRows & { readonly limits?: TimeLimits } & (
    | { readonly url: string }
    | { readonly connect: Connect }
  )

/** A publisher whose last work ends with `close`. */
export interface ClosablePublisher extends Publisher {
  /** Waits until the statistics of loaded tables are taken. */
  readonly close: () => Promise<void>
}

/** Publishes sets of tables, each in one transaction and one at a time; a failed publish leaves the old rows. */
export function createPublisher(options: PublisherOptions): ClosablePublisher {
  const connect = "url" in options ? createConnect(options.url) : options.connect
  const settings = { limits: defaultTimeLimits, ...options }
  const analyses: Promise<void>[] = []
  return {
    check: async (tables) => {
      const { checkTables } = await import("./target-check.ts")
      await checkTables(connect, tables)
    },
    preview: async (request) => {
      try {
        const { previewSet } = await import("./preview-set.ts")
        return await previewSet(connect, settings, request)
      } catch (cause) {
        throw toPublishError(`The set ${request.set}`, cause)
      }
    },
    publish: async (request) => {
      try {
        const { publishSet } = await import("./publish-set.ts")
        const { changes, loadedTables } = await publishSet(connect, settings, request)
        if (loadedTables.length > 0) {
          const { analyzeTables } = await import("./analyze-tables.ts")
          analyses.push(analyzeTables(connect, loadedTables))
        }
        return changes
      } catch (cause) {
        throw toPublishError(`The set ${request.set}`, cause)
      }
    },
    close: async () => {
      await Promise.all(analyses)
    },
  }
}

function createConnect(url: string): Connect {
  return () => connectLedger(url, { applicationName: "freshet publish" })
}
