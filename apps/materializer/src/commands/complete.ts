import type { CommandLine } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"

/** Prints the completions of the typed words, one a line. */
export async function complete(
  cli: CommandLine,
  _flags: unknown,
  ...typedWords: readonly string[]
): Promise<number> {
  const { proposeNextWords } = await import("../terminal/routes.ts")
  const completions = new Set(await proposeNextWords(cli, typedWords))
  await cli.out.write([...completions].map((text) => `${text}\n`).join(""))
  return exitCodes.done
}
