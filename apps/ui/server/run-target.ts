import {
  createRetryRequest,
  formatCommand,
  type RunRequest,
  type Services,
} from "@freshet/services"

import type { TargetDocument } from "./target.ts"

/** Creates the request of the command line that has the same target. */
export async function toRunRequest(
  services: Services,
  target: TargetDocument,
): Promise<RunRequest> {
  switch (target.kind) {
    case "materialize": {
      const { selection, partitions, only, repin = false, publish } = target
      const flags = { ...partitions, only, repin, publish }
      return { command: formatCommand("freshet materialize", selection, flags), target }
    }
    case "backfill": {
      const { asset, partitions, only, repin = false, downstream } = target
      const flags = { ...partitions, only, repin, downstream }
      return { command: formatCommand("freshet backfill", [asset], flags), target }
    }
    case "retry":
      return createRetryRequest(services, { id: target.run, publish: target.publish })
  }
}
