import type { Look } from "../render/look.ts"
import { rootHelp } from "../render/root-help.ts"
import { application } from "./routes.ts"

/** The help of the command line as a whole. */
export function rootHelpLines(look: Look): readonly string[] {
  const { root } = application
  const entries = "getAllEntries" in root ? root.getAllEntries() : []
  const briefs = entries
    .filter(({ hidden }) => !hidden)
    .map(({ name, target }) => [name["convert-camel-to-kebab"], target.brief] as const)
  return rootHelp(new Map(briefs), look)
}
