import { groupBy } from "../group-by.ts"

/** Assets and the reads between them; a read of the same partition has no window. */
export interface LineageDiagram {
  readonly nodes: readonly {
    readonly name: string
    readonly group: string
    readonly kind: string
  }[]
  readonly edges: readonly {
    readonly from: string
    readonly to: string
    readonly windows: readonly string[]
  }[]
}

/** Formats a Mermaid flowchart, with groups as subgraphs. */
export function formatMermaid({ nodes, edges }: LineageDiagram): readonly string[] {
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

/** Formats a DOT digraph, with groups as clusters. */
export function formatDot({ nodes, edges }: LineageDiagram): readonly string[] {
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
