import { type Edge, formatWindow, type Graph, listEdges } from "@freshet/core/engine"
import { groupBy } from "@freshet/services"

/** A part of a graph to be drawn. */
export interface LineageView {
  readonly nodes: readonly {
    readonly name: string
    readonly group: string
    readonly kind: string
  }[]
  readonly edges: readonly LineageEdge[]
}

/** One edge with the windows through which it is read, `same` left out. */
export interface LineageEdge extends Edge {
  readonly windows: readonly string[]
}

/** The chosen assets and the edges between them, in the order of the graph. */
export function buildLineageView(graph: Graph, names: ReadonlySet<string>): LineageView {
  const nodes = [...graph.assets.values()]
    .filter(({ name }) => names.has(name))
    .map((asset) => ({
      name: asset.name,
      group: asset.group,
      kind: asset.kind === "source" ? "source" : asset.computation.kind,
    }))
  const edges = listEdges(graph, names).map((edge) => ({
    ...edge,
    windows: listWindows(graph, edge),
  }))
  return { nodes, edges }
}

function listWindows(graph: Graph, { from, to }: Edge): readonly string[] {
  const reader = graph.assets.get(to)
  if (reader?.kind !== "asset") return []
  return reader.computation.reads
    .filter((read) => read.asset?.name === from && read.window.kind !== "same")
    .map((read) => formatWindow(read.window))
}

/** A Mermaid flowchart, groups as subgraphs. */
export function formatMermaid({ nodes, edges }: LineageView): readonly string[] {
  const ids = new Map(nodes.map(({ name }, index) => [name, `n${index}`]))
  const blocks = [...groupBy(nodes, ({ group }) => group)].flatMap(([group, members], index) => [
    `  subgraph g${index}["${escapeMermaid(group)}"]`,
    ...members.map(
      ({ name, kind }) => `    ${ids.get(name) ?? ""}${formatMermaidNode(name, kind)}`,
    ),
    "  end",
  ])
  const arrows = edges.map(({ from, to, windows }) => {
    const label = windows.length === 0 ? "" : `|"${windows.join(", ")}"|`
    return `  ${ids.get(from) ?? ""} -->${label} ${ids.get(to) ?? ""}`
  })
  return ["flowchart LR", ...blocks, ...arrows]
}

function formatMermaidNode(name: string, kind: string): string {
  return kind === "source" ? `[("${escapeMermaid(name)}")]` : `["${escapeMermaid(name)}"]`
}

function escapeMermaid(text: string): string {
  return text.replaceAll('"', "#quot;")
}

/** A DOT digraph, groups as clusters. */
export function formatDot({ nodes, edges }: LineageView): readonly string[] {
  const blocks = [...groupBy(nodes, ({ group }) => group)].flatMap(([group, members], index) => [
    `  subgraph cluster_${index} {`,
    `    label=${quoteDot(group)}`,
    ...members.map(
      ({ name, kind }) => `    ${quoteDot(name)}${kind === "source" ? " [shape=cylinder]" : ""}`,
    ),
    "  }",
  ])
  const arrows = edges.map(({ from, to, windows }) => {
    const label = windows.length === 0 ? "" : ` [label=${quoteDot(windows.join(", "))}]`
    return `  ${quoteDot(from)} -> ${quoteDot(to)}${label}`
  })
  return ["digraph lineage {", "  rankdir=LR", "  node [shape=box]", ...blocks, ...arrows, "}"]
}

function quoteDot(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`
}
