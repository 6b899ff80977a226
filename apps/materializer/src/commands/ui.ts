import type { CommandLine } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { type PageFlags, servePage } from "../terminal/serve-page.ts"

/** Serves the web page until Ctrl-C. */
export async function ui(cli: CommandLine, flags: PageFlags): Promise<number> {
  await servePage(cli, flags)
  return exitCodes.done
}
