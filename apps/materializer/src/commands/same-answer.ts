import type { Settings } from "../config.ts"
import { type Answer, keepAnswer, readAnswer } from "../project/answer-file.ts"
import { hash } from "../project/hash.ts"
import type { PlanBasis } from "../project/plan-basis.ts"
import type { CommandLine, Known, Output } from "./command-line.ts"
import { exitCodes } from "./exit-code.ts"

/** What is asked, as far as it can make a difference to the answer. */
export interface Question {
  readonly command: string
  readonly words: readonly string[]
  readonly flags: object
  /** Whether there is nothing to it but the answer. */
  readonly mayRepeat: boolean
}

/** How a command ended, and what that rests on if it found nothing to do. */
export interface Found {
  readonly exitCode: number
  readonly basis?: PlanBasis | undefined
  /** What the same question is to be answered next, where something was done and it is known that nothing is left. */
  readonly next?: Answer
}

/**
 * Answers as the last time, when that was that there is nothing to do and nothing has changed since: without loading
 * what is declared, and without reading what the ledger knows. Else does the work, and keeps the answer for the next
 * time, or the one that is next where the work is known to leave nothing to do. Whatever is in doubt is work:
 * declarations that look at more than their sources, a warning, a basis that moved.
 */
export async function answered(
  cli: CommandLine,
  question: Question,
  work: (cli: CommandLine, mayRecur: boolean) => Promise<Found>,
): Promise<number> {
  const { known } = cli
  if (known === undefined || !question.mayRepeat || asksForTime(question))
    return (await work(cli, false)).exitCode
  const settings = await known.settings()
  const name = nameOf(cli, known, question, settings)
  const last = readAnswer(settings.home, name)
  if (last !== undefined && (await cli.world.holds(settings, last.basis))) {
    await cli.out.write(last.text)
    return exitCodes.done
  }
  const [out, err] = [overheard(cli.out), overheard(cli.err)]
  const found = await work({ ...cli, out: out.output, err: err.output }, true)
  const { exitCode, basis } = found
  const isPlain = exitCode === exitCodes.done && err.said() === ""
  const next = isPlain && basis !== undefined ? { text: out.said(), basis } : found.next
  if (next !== undefined) keepAnswer(settings.home, name, next)
  return exitCode
}

/** What is overdue becomes so at any instant, not only when a partition ends. */
function asksForTime({ words }: Question): boolean {
  return words.some((word) => word.includes("overdue"))
}

/** Another for everything that an answer depends on besides its basis: Node knows the time zones, for one. */
function nameOf(
  { out, versions }: CommandLine,
  { declarations }: Known,
  { command, words, flags }: Question,
  { lake, landing }: Settings,
): string {
  const { look, commandFlag } = out
  const program = [declarations, versions.node]
  return hash(
    JSON.stringify([program, lake, landing, look, commandFlag ?? null, command, words, flags]),
  )
}

function overheard(output: Output): { readonly output: Output; readonly said: () => string } {
  const said: string[] = []
  const write = (chunk: string | Uint8Array) => {
    said.push(String(chunk))
    return output.write(chunk)
  }
  return { output: { ...output, write }, said: () => said.join("") }
}
