import { type Answer, keepAnswer } from "../project/answer-file.ts"
import type { PlanBasis } from "../project/plan-basis.ts"
import { nameOfAnswer } from "./answer-name.ts"
import type { CommandLine, Output } from "./command-line.ts"
import { exitCodes } from "./exit-code.ts"

/** How a command ended, and what that rests on if it found nothing to do. */
export interface Found {
  readonly exitCode: number
  readonly basis?: PlanBasis | undefined
  /** What the same question is to be answered next, where something was done and it is known that nothing is left. */
  readonly next?: Answer
}

/**
 * Does the work, and keeps the answer for the next time, or the one that is next where the work is known to leave
 * nothing to do. Whatever is in doubt is work again: declarations that look at more than their sources, a warning, a
 * basis that moved.
 */
export async function answered(
  cli: CommandLine,
  mayRepeat: boolean,
  work: (cli: CommandLine, mayRecur: boolean) => Promise<Found>,
): Promise<number> {
  const { known } = cli
  if (known === undefined || !mayRepeat || asksForTime(cli))
    return (await work(cli, false)).exitCode
  const [out, err] = [overheard(cli.out), overheard(cli.err)]
  const found = await work({ ...cli, out: out.output, err: err.output }, true)
  const { exitCode, basis } = found
  const isPlain = exitCode === exitCodes.done && err.said() === ""
  const next = isPlain && basis !== undefined ? { text: out.said(), basis } : found.next
  if (next === undefined) return exitCode
  const settings = await known.settings()
  keepAnswer(settings.home, nameOfAnswer(cli, known, settings), next)
  return exitCode
}

/** What is overdue becomes so at any instant, not only when a partition ends. */
function asksForTime({ words }: CommandLine): boolean {
  return words.some((word) => word.includes("overdue"))
}

function overheard(output: Output): { readonly output: Output; readonly said: () => string } {
  const said: string[] = []
  const write = (chunk: string | Uint8Array) => {
    said.push(String(chunk))
    return output.write(chunk)
  }
  return { output: { ...output, write }, said: () => said.join("") }
}
