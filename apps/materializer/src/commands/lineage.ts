import { findReachable, type Graph } from "@freshet/core/engine"
import { selectAssets } from "@freshet/services"

import { formatLineageAround, formatLineageTree } from "../render/lineage-tree.ts"
import {
  type LineageView,
  formatDot,
  buildLineageView,
  formatMermaid,
} from "../render/lineage-view.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"
import type { TerminalStyle } from "../terminal/terminal-style.ts"

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
  const services = await loadServices(cli)
  return services.withProject({}, async (project) => {
    const selectedNames = selectAssets(project, words)
    const names = selectLineage(project.graph, selectedNames, flags)
    const view = buildLineageView(project.graph, names)
    const [singleName] = selectedNames
    const centre = selectedNames.length === 1 ? singleName : undefined
    await (flags.format === "json"
      ? printJson(cli.out, view)
      : printLines(cli.out, formatLineage(view, flags.format, centre, cli.out.style)))
    return exitCodes.done
  })
}

/** One asset without further word means its whole lineage; a larger selection means itself. */
function selectLineage(graph: Graph, selectedNames: readonly string[], { up, down }: LineageFlags) {
  const defaultDistance =
    selectedNames.length === 1 && up === undefined && down === undefined ? Infinity : 0
  return new Set(
    selectedNames.flatMap((name) => [
      name,
      ...findReachable(graph, name, "upstream", up ?? defaultDistance),
      ...findReachable(graph, name, "downstream", down ?? defaultDistance),
    ]),
  )
}

function formatLineage(
  view: LineageView,
  format: "tree" | "mermaid" | "dot",
  centre: string | undefined,
  style: TerminalStyle,
): readonly string[] {
  switch (format) {
    case "tree":
      return centre === undefined
        ? formatLineageTree(view, style)
        : formatLineageAround(view, centre, style)
    case "mermaid":
      return formatMermaid(view)
    case "dot":
      return formatDot(view)
  }
}
