import { createRetryRequest } from "@freshet/services"

import type { CommandLine } from "../terminal/command-line.ts"
import { loadServices } from "../terminal/load-services.ts"
import { type RunFlags, runAndPrint } from "../terminal/run-and-print.ts"

export interface RetryFlags extends RunFlags {
  readonly publish: boolean
}

/** Reruns the unfinished partitions of a run. */
export async function runsRetry(cli: CommandLine, flags: RetryFlags, id: string): Promise<number> {
  const { publish } = flags
  return runAndPrint(cli, flags, await createRetryRequest(await loadServices(cli), { id, publish }))
}
