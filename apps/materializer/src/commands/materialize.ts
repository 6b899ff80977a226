import { createMaterializeRequest, type MaterializeRequest } from "@freshet/services"

import type { CommandLine } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { runAndPrint, type RunFlags } from "../terminal/run-and-print.ts"

export type MaterializeFlags = RunFlags & MaterializeRequest

/** Makes what is not up to date, with whatever it needs, and publishes. */
export async function materialize(
  cli: CommandLine,
  flags: MaterializeFlags,
  ...words: readonly string[]
): Promise<number> {
  const runEnd = await runAndPrint(
    cli,
    flags,
    createMaterializeRequest("materialize", words, flags),
  )
  return runEnd?.exitCode ?? exitCodes.done
}
