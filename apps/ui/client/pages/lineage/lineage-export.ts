import { formatMermaid } from "@freshet/core/engine"

import type { LineageDocument } from "../../api/documents.ts"
import type { ViewGraph } from "./view-graph.ts"

/** Limits lineage to the visible assets: the document of `freshet lineage --json`. Assets of collapsed groups are visible. */
export function selectVisible(
  { nodes, edges }: LineageDocument,
  { nodes: cards }: Pick<ViewGraph, "nodes">,
): LineageDocument {
  const ids = new Set(cards.map(({ id }) => id))
  const visibleNodes = nodes.filter(({ name, group }) => ids.has(name) || ids.has(`group:${group}`))
  const names = new Set(visibleNodes.map(({ name }) => name))
  return {
    focus: null,
    nodes: visibleNodes,
    edges: edges.filter(({ from, to }) => names.has(from) && names.has(to)),
  }
}

/** Formats lineage as the JSON of the command line. */
export function formatLineageJson(lineage: LineageDocument): string {
  return `${JSON.stringify(lineage, null, 2)}\n`
}

/** Formats lineage as a Mermaid flowchart. */
export function formatLineageMermaid(lineage: LineageDocument): string {
  return `${formatMermaid(lineage).join("\n")}\n`
}
