import {
  formatCommand,
  type OnlyState,
  type PartitionArguments,
  pickPartitionArguments,
  type PlanDocument,
  type RunRequest,
} from "@freshet/services"

import type { CommandLine } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { planAndPrint, type SaveFlags } from "../terminal/run-and-print.ts"

export interface PlanFlags extends SaveFlags, PartitionArguments {
  readonly only?: OnlyState
  readonly repin: boolean
  readonly publish: boolean
  readonly json: boolean
  readonly exitCode: boolean
}

/** Prints the plan of `materialize` with its reasons, and executes nothing. */
export async function plan(
  cli: CommandLine,
  flags: PlanFlags,
  ...selection: readonly string[]
): Promise<number> {
  const { only, repin, publish } = flags
  const partitions = pickPartitionArguments(flags)
  const request: RunRequest = {
    command: formatCommand("freshet plan", selection, flags),
    target: { kind: "materialize", selection, partitions, only, repin, publish },
  }
  const document = await planAndPrint(cli, flags, request)
  return flags.exitCode && hasWork(document) ? exitCodes.workToDo : exitCodes.done
}

function hasWork({ steps, publications, blocked }: PlanDocument): boolean {
  return steps.length + publications.length + blocked.length > 0
}
