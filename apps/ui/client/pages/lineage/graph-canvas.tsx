import "@xyflow/react/dist/base.css"
import { type Edge, MiniMap, type Node, ReactFlow, useReactFlow } from "@xyflow/react"
import { useEffect, useMemo } from "react"

import { attachEnds } from "./attach-ends.ts"
import {
  type CardData,
  Card,
  GroupBox,
  type GroupData,
  Line,
  type LineData,
} from "./graph-cards.tsx"
import { type Box, type Direction, goesDown, type GraphLayout } from "./layout-graph.ts"
import { findPaths, findPathsBetween, type ViewGraph } from "./view-graph.ts"

import classes from "./lineage.module.css"

const nodeTypes = { card: Card, box: GroupBox }
const edgeTypes = { line: Line }

interface GraphCanvasProps
  extends Pick<CardData, "onSelect" | "onOpen">, Pick<GroupData, "onCollapse"> {
  readonly graph: ViewGraph
  readonly layout: GraphLayout
  readonly direction: Direction
  readonly selected: string | undefined
  /** The focused asset, which stays visible when the graph does not fit. */
  readonly center: string | undefined
  /** The other end, when a path between two cards is shown. */
  readonly pathEnd: string | undefined
}

/** The graph with its cards. The tree beside it has the same content for the keyboard and for screen readers. */
export function GraphCanvas(props: GraphCanvasProps) {
  const { graph } = props
  const nodes = useMemo(() => createNodes(props), [props])
  const edges = useMemo(() => createEdges(props), [props])
  useViewport(props)
  const isLarge = graph.nodes.length > minimapFrom
  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      edgeTypes={edgeTypes}
      nodesDraggable={false}
      nodesConnectable={false}
      nodesFocusable={false}
      edgesFocusable={false}
      elementsSelectable={false}
      onlyRenderVisibleElements={graph.nodes.length > 150}
      minZoom={0.05}
      maxZoom={2}
      zoomOnDoubleClick={false}
      proOptions={{ hideAttribution: true }}
      aria-label="Lineage"
    >
      {isLarge ? (
        <MiniMap
          className={classes["minimap"] ?? ""}
          pannable
          zoomable
          ariaLabel={null}
          nodeColor={getMapColor}
        />
      ) : null}
    </ReactFlow>
  )
}

/** Fits the graph, or the path in it, and moves to the selected card. */
function useViewport({ graph, layout, selected, center, pathEnd }: GraphCanvasProps): void {
  const { fitView, setCenter, getZoom } = useReactFlow()
  useEffect(() => {
    const path =
      selected === undefined || pathEnd === undefined
        ? []
        : [...findPathsBetween(graph.edges, selected, pathEnd)].map((id) => ({ id }))
    const show = async () => {
      if (path.length > 0) return fitView({ nodes: path, padding: 0.2, maxZoom: 1.1 })
      await fitView({ padding: 0.06, maxZoom: 1.1, duration: 0 })
      const box = layout.boxes[center ?? ""]
      if (box === undefined || getZoom() >= readableZoom) return true
      const { x, y, width, height } = box
      return setCenter(x + width / 2, y + height / 2, { zoom: readableZoom })
    }
    void show()
    // A selected card without a path moves the viewport by the effect below.
  }, [layout, center, pathEnd, fitView, getZoom, setCenter])
  useEffect(() => {
    const box = selected === undefined ? undefined : layout.boxes[selected]
    if (box === undefined || pathEnd !== undefined || getZoom() < minCenterZoom) return
    const { x, y, width, height } = box
    void setCenter(x + width / 2, y + height / 2, { zoom: getZoom(), duration: 150 })
  }, [selected, layout, pathEnd, setCenter, getZoom])
}

/** Names of a focused asset and its neighbours are readable at this zoom. */
const readableZoom = 0.85

/** Below this zoom everything is visible, and the view stays. */
const minCenterZoom = 0.9
const minimapFrom = 40

function getMapColor({ data }: Node): string {
  const { node } = data as Partial<CardData>
  return node === undefined ? "transparent" : `var(--${node.mark?.tone}-bar, var(--missing-bar))`
}

function findLitCards({
  graph,
  selected,
  pathEnd,
}: GraphCanvasProps): ReadonlySet<string> | undefined {
  if (selected === undefined || !graph.nodes.some(({ id }) => id === selected)) return undefined
  return pathEnd === undefined
    ? findPaths(graph.edges, selected)
    : new Set([...findPathsBetween(graph.edges, selected, pathEnd), selected, pathEnd])
}

function toNodeShape({ x, y, width, height }: Box) {
  return { position: { x, y }, width, height, measured: { width, height } }
}

function createNodes(props: GraphCanvasProps): readonly Node[] & Node[] {
  const { graph, layout, selected, onSelect, onOpen, onCollapse } = props
  const litCards = findLitCards(props)
  const groupNodes = graph.groups.flatMap(({ name, detail }) => {
    const box = layout.groups[name]
    if (box === undefined) return []
    const data: GroupData = { name, detail, onCollapse }
    return [{ id: `open:${name}`, type: "box", data, ...toNodeShape(box), zIndex: -1 }]
  })
  const cardNodes = graph.nodes.flatMap((node) => {
    const box = layout.boxes[node.id]
    if (box === undefined) return []
    const isFaded = litCards !== undefined && !litCards.has(node.id)
    const data: CardData = { node, isSelected: node.id === selected, isFaded, onSelect, onOpen }
    return [{ id: node.id, type: "card", data, ...toNodeShape(box) }]
  })
  return [...groupNodes, ...cardNodes]
}

function createEdges(props: GraphCanvasProps): Edge[] {
  const { graph, layout, direction } = props
  const litCards = findLitCards(props)
  const states = new Map(graph.nodes.map(({ id, state }) => [id, state]))
  const groups = new Map(graph.nodes.map(({ id, group }) => [id, group]))
  return graph.edges.map((edge) => {
    const isLit = litCards !== undefined && litCards.has(edge.from) && litCards.has(edge.to)
    const isInner =
      groups.get(edge.from) === groups.get(edge.to) && groups.get(edge.from) !== undefined
    const isDown = goesDown(graph, direction, isInner)
    const data: LineData = {
      edge,
      points: attachEnds(layout, edge, isDown),
      isDown,
      state: states.get(edge.from) === "fresh" ? "fresh" : (states.get(edge.to) ?? "fresh"),
      isLit,
      isFaded: litCards !== undefined && !isLit,
    }
    return { id: edge.id, source: edge.from, target: edge.to, type: "line", data }
  })
}
