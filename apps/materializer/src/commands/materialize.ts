import type { CommandLine } from "./command-line.ts"
import { exitCodes } from "./exit-code.ts"
import type { OnlyState } from "./only-state.ts"
import type { RunFlags } from "./perform-run.ts"
import { answered } from "./same-answer.ts"
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
  return answered(cli, !flags.dryRun, async (cli, mayRecur) => {
    const { materializeOrder } = await import("./materialize-order.ts")
    const { nothingText, performRun } = await import("./perform-run.ts")
    const order = { ...materializeOrder("materialize", words, flags), mayRecur }
    const ended = await performRun(cli, flags, order)
    if (ended === undefined) return { exitCode: exitCodes.done }
    const { report, exitCode } = ended
    if (report.kind === "nothing") return { exitCode, basis: report.basis }
    const basis = report.next?.basis
    if (report.next === undefined || basis === undefined) return { exitCode }
    return { exitCode, next: { text: await nothingText(cli, flags, report.next), basis } }
  })
}
