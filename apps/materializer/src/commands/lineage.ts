import { formatDot, formatMermaid } from "@freshet/core/engine"
import { type LineageDocument, readLineage } from "@freshet/services"

import { formatLineageAround, formatLineageTree } from "../render/lineage-tree.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"
import type { TerminalStyle } from "../terminal/terminal-style.ts"

export const lineageFormats = ["tree", "mermaid", "dot", "json"] as const

type LineageFormat = (typeof lineageFormats)[number]

export interface LineageFlags {
  readonly format: LineageFormat
  readonly json: boolean
  readonly up?: number
  readonly down?: number
}

/** Prints the lineage of the selected assets as a tree, a diagram or JSON. */
export async function lineage(
  cli: CommandLine,
  { format, json, up, down }: LineageFlags,
  ...selection: readonly string[]
): Promise<number> {
  const document = await readLineage(await loadServices(cli), { selection, up, down })
  await (json || format === "json"
    ? printJson(cli.out, document)
    : printLines(cli.out, formatLineage(document, format, cli.out.style)))
  return exitCodes.done
}

function formatLineage(
  document: LineageDocument,
  format: Exclude<LineageFormat, "json">,
  style: TerminalStyle,
): readonly string[] {
  switch (format) {
    case "tree":
      return document.focus === null
        ? formatLineageTree(document, style)
        : formatLineageAround(document, document.focus, style)
    case "mermaid":
      return formatMermaid(document)
    case "dot":
      return formatDot(document)
  }
}
