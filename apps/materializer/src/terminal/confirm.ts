import { ProblemsError } from "@freshet/core/engine"

import { type CommandLine, printLines } from "./command-line.ts"

/** Asks before a change. */
interface Confirmation {
  /** True when the person has confirmed with --yes. */
  readonly yes: boolean
  /** Printed before the question. */
  readonly lines: readonly string[]
  readonly question: string
  /** Printed after a no. */
  readonly refusal: string
}

/** Says if a person can be asked: --yes is absent, and standard input and output are a terminal. */
export function canAsk({ confirm }: CommandLine, { yes }: Pick<Confirmation, "yes">): boolean {
  return !yes && confirm !== undefined
}

/** Asks a person; without a terminal and with --yes the answer is yes. */
export async function confirmChange(
  cli: CommandLine,
  { yes, lines, question, refusal }: Confirmation,
): Promise<boolean> {
  const { confirm, err } = cli
  if (yes || confirm === undefined) return true
  await printLines(err, lines)
  if (await confirm(question)) return true
  await printLines(err, [refusal])
  return false
}

/** Fails for a change that always needs a confirmation, when no person can be asked. */
export function requireConfirmable(
  { confirm }: CommandLine,
  { yes }: Pick<Confirmation, "yes">,
): void {
  if (yes || confirm !== undefined) return
  throw new ProblemsError("usage", [
    {
      kind: "usage",
      message: "Confirmation needed, but this is not a terminal.",
      hint: "Pass --yes, or --dry-run to see the consequences.",
    },
  ])
}
