import type { CommandLine } from "./command-line.ts"
import { exitCodes } from "./exit-code.ts"
import { materializeOrder } from "./materialize-order.ts"
import type { OnlyState } from "./only-state.ts"
import { performRun, type RunFlags } from "./perform-run.ts"
import type { PartitionFlags } from "./targets.ts"

/** What is to be made of which assets. */
export interface MaterializeOrder extends PartitionFlags {
  readonly only?: OnlyState
  readonly publish: boolean
}

export type MaterializeFlags = RunFlags & MaterializeOrder

/** Makes what is not up to date, with whatever it needs, and publishes. */
export async function materialize(
  cli: CommandLine,
  flags: MaterializeFlags,
  ...words: readonly string[]
): Promise<number> {
  const ended = await performRun(cli, flags, materializeOrder("materialize", words, flags))
  return ended?.exitCode ?? exitCodes.done
}
