import { type Edge, type Graph, edgesAmong, windowLabel } from "@freshet/core"

import { grouped } from "./grouped.ts"

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
export function lineageView(graph: Graph, names: ReadonlySet<string>): LineageView {
  const nodes = [...graph.assets.values()]
    .filter(({ name }) => names.has(name))
    .map((asset) => ({
      name: asset.name,
      group: asset.group,
      kind: asset.kind === "source" ? "source" : asset.computation.kind,
    }))
  const edges = edgesAmong(graph, names).map((edge) => ({ ...edge, windows: windows(graph, edge) }))
  return { nodes, edges }
}

function windows(graph: Graph, { from, to }: Edge): readonly string[] {
  const reader = graph.assets.get(to)
  if (reader?.kind !== "asset") return []
  return reader.computation.reads
    .filter((read) => read.asset?.name === from && read.window.kind !== "same")
    .map((read) => windowLabel(read.window))
}

/** A Mermaid flowchart, groups as subgraphs. */
export function mermaidLines({ nodes, edges }: LineageView): readonly string[] {
  const id = new Map(nodes.map(({ name }, index) => [name, `n${index}`]))
  const blocks = [...grouped(nodes, ({ group }) => group)].flatMap(([group, members], index) => [
    `  subgraph g${index}["${escaped(group)}"]`,
    ...members.map(({ name, kind }) => `    ${id.get(name) ?? ""}${mermaidShape(name, kind)}`),
    "  end",
  ])
  const arrows = edges.map(({ from, to, windows }) => {
    const label = windows.length === 0 ? "" : `|"${windows.join(", ")}"|`
    return `  ${id.get(from) ?? ""} -->${label} ${id.get(to) ?? ""}`
  })
  return ["flowchart LR", ...blocks, ...arrows]
}

function mermaidShape(name: string, kind: string): string {
  return kind === "source" ? `[("${escaped(name)}")]` : `["${escaped(name)}"]`
}

function escaped(text: string): string {
  return text.replaceAll('"', "#quot;")
}

/** A DOT digraph, groups as clusters. */
export function dotLines({ nodes, edges }: LineageView): readonly string[] {
  const blocks = [...grouped(nodes, ({ group }) => group)].flatMap(([group, members], index) => [
    `  subgraph cluster_${index} {`,
    `    label=${quoted(group)}`,
    ...members.map(
      ({ name, kind }) => `    ${quoted(name)}${kind === "source" ? " [shape=cylinder]" : ""}`,
    ),
    "  }",
  ])
  const arrows = edges.map(({ from, to, windows }) => {
    const label = windows.length === 0 ? "" : ` [label=${quoted(windows.join(", "))}]`
    return `  ${quoted(from)} -> ${quoted(to)}${label}`
  })
  return ["digraph lineage {", "  rankdir=LR", "  node [shape=box]", ...blocks, ...arrows, "}"]
}

function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`
}
