import { type Graph, reachable } from "@freshet/core"

import { lineageAround, lineageTree } from "../render/lineage-tree.ts"
import { type LineageView, dotLines, lineageView, mermaidLines } from "../render/lineage-view.ts"
import type { Look } from "../render/look.ts"
import { type CommandLine, printJson, printLines } from "./command-line.ts"
import { exitCodes } from "./exit-code.ts"
import { selectAssets } from "./select.ts"

export const lineageFormats = ["tree", "mermaid", "dot", "json"] as const

export interface LineageFlags {
  readonly format: (typeof lineageFormats)[number]
  readonly up?: number
  readonly down?: number
}

/** Draws where data comes from and where it goes. */
export async function lineage(
  cli: CommandLine,
  flags: LineageFlags,
  ...words: readonly string[]
): Promise<number> {
  const config = await cli.loadConfig()
  return cli.world.withProject(config, async (project) => {
    const chosen = selectAssets(project, words)
    const names = around(project.graph, chosen, flags)
    const view = lineageView(project.graph, names)
    const [only] = chosen
    const centre = chosen.length === 1 ? only : undefined
    await (flags.format === "json"
      ? printJson(cli.out, view)
      : printLines(cli.out, linesOf(view, flags.format, centre, cli.out.look)))
    return exitCodes.done
  })
}

/** One asset without further word means its whole lineage; a larger selection means itself. */
function around(graph: Graph, chosen: readonly string[], { up, down }: LineageFlags) {
  const whole = chosen.length === 1 && up === undefined && down === undefined ? Infinity : 0
  return new Set(
    chosen.flatMap((name) => [
      name,
      ...reachable(graph, name, "upstream", up ?? whole),
      ...reachable(graph, name, "downstream", down ?? whole),
    ]),
  )
}

function linesOf(
  view: LineageView,
  format: "tree" | "mermaid" | "dot",
  centre: string | undefined,
  look: Look,
): readonly string[] {
  switch (format) {
    case "tree":
      return centre === undefined ? lineageTree(view, look) : lineageAround(view, centre, look)
    case "mermaid":
      return mermaidLines(view)
    case "dot":
      return dotLines(view)
  }
}
