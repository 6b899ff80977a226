import { formatRootHelp } from "../render/root-help.ts"
import { application } from "./routes.ts"
import type { TerminalStyle } from "./terminal-style.ts"

/** Builds the help of the command line. */
export function buildRootHelp(style: TerminalStyle): readonly string[] {
  const { root } = application
  const entries = "getAllEntries" in root ? root.getAllEntries() : []
  const briefs = entries
    .filter(({ hidden }) => !hidden)
    .map(({ name, target }) => [name["convert-camel-to-kebab"], target.brief] as const)
  return formatRootHelp(new Map(briefs), style)
}
