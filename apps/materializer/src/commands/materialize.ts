import {
  formatCommand,
  type OnlyState,
  type PartitionArguments,
  pickPartitionArguments,
  type RunRequest,
} from "@freshet/services"

import type { CommandLine } from "../terminal/command-line.ts"
import { runAndPrint, type RunFlags } from "../terminal/run-and-print.ts"

export interface MaterializeFlags extends RunFlags, PartitionArguments {
  readonly only?: OnlyState
  readonly repin: boolean
  readonly publish: boolean
}

/** Materializes stale assets and their stale upstreams, then publishes. */
export async function materialize(
  cli: CommandLine,
  flags: MaterializeFlags,
  ...selection: readonly string[]
): Promise<number> {
  const { only, repin, publish } = flags
  const partitions = pickPartitionArguments(flags)
  const request: RunRequest = {
    command: formatCommand("freshet materialize", selection, flags),
    target: { kind: "materialize", selection, partitions, only, repin, publish },
  }
  return runAndPrint(cli, flags, request)
}
