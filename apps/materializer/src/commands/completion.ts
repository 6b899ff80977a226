import { getCompletionScript } from "../render/completion-script.ts"
import type { CommandLine } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"

/** Prints the script that completes commands in a shell. */
export async function completion(
  cli: CommandLine,
  _flags: unknown,
  shell: "bash" | "zsh" | "fish",
): Promise<number> {
  await cli.out.write(getCompletionScript(shell))
  return exitCodes.done
}
