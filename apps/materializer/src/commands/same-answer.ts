import type { Settings } from "../config.ts"
import { keepAnswer, readAnswer } from "../project/answer-file.ts"
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
}

/**
 * Answers as the last time, when that was that there is nothing to do and nothing has changed since: without loading
 * what is declared, and without reading what the ledger knows. Else does the work, and keeps the answer for the next
 * time. Whatever is in doubt is work: declarations that look at more than their sources, a warning, a basis that moved.
 */
export async function answered(
  cli: CommandLine,
  question: Question,
  work: (cli: CommandLine) => Promise<Found>,
): Promise<number> {
  const { known } = cli
  if (known === undefined || !question.mayRepeat || asksForTime(question))
    return (await work(cli)).exitCode
  const settings = await known.settings()
  const name = nameOf(cli, known, question, settings)
  const last = readAnswer(settings.home, name)
  if (last !== undefined && (await cli.world.holds(settings, last.basis))) {
    await cli.out.write(last.text)
    return exitCodes.done
  }
  const [out, err] = [overheard(cli.out), overheard(cli.err)]
  const { exitCode, basis } = await work({ ...cli, out: out.output, err: err.output })
  const isPlain = exitCode === exitCodes.done && err.said() === ""
  if (isPlain && basis !== undefined) keepAnswer(settings.home, name, { text: out.said(), basis })
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
