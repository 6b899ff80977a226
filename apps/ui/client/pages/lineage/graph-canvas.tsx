import "@xyflow/react/dist/base.css"
import { type Edge, MiniMap, type Node, ReactFlow, useReactFlow } from "@xyflow/react"
import { useEffect, useMemo } from "react"

import {
  type CardData,
  Card,
  GroupBox,
  type GroupData,
  Line,
  type LineData,
} from "./graph-cards.tsx"
import type { Box, Direction, GraphLayout } from "./layout-graph.ts"
import { findPaths, findPathsBetween, type ViewEdge, type ViewGraph } from "./view-graph.ts"

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
  const { graph, layout, selected, center } = props
  const nodes = useMemo(() => createNodes(props), [props])
  const edges = useMemo(() => createEdges(props), [props])
  const { fitView, setCenter, getZoom } = useReactFlow()
  useEffect(() => {
    const show = async () => {
      await fitView({ padding: 0.06, maxZoom: 1.1, duration: 0 })
      const box = layout.boxes[center ?? ""]
      if (box === undefined || getZoom() >= readableZoom) return
      const { x, y, width, height } = box
      await setCenter(x + width / 2, y + height / 2, { zoom: readableZoom })
    }
    void show()
  }, [layout, center, fitView, getZoom, setCenter])
  useEffect(() => {
    const box = selected === undefined ? undefined : layout.boxes[selected]
    if (box === undefined || getZoom() < minCenterZoom) return
    const { x, y, width, height } = box
    void setCenter(x + width / 2, y + height / 2, { zoom: getZoom(), duration: 150 })
  }, [selected, layout, setCenter, getZoom])
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

/** Names of a focused asset and its neighbours are readable at this zoom. */
const readableZoom = 0.85

/** Below this zoom everything is visible, and the view stays. */
const minCenterZoom = 0.9
const minimapFrom = 40

function getMapColor({ data }: Node): string {
  const { node } = data as Partial<CardData>
  return node === undefined ? "transparent" : `var(--${node.state}-bar, var(--missing-bar))`
}

function findLitCards({
  graph,
  selected,
  pathEnd,
}: GraphCanvasProps): ReadonlySet<string> | undefined {
  if (selected === undefined || !graph.nodes.some(({ id }) => id === selected)) return undefined
  return pathEnd === undefined
    ? findPaths(graph.edges, selected)
    : findPathsBetween(graph.edges, selected, pathEnd)
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
    const isInner = groups.get(edge.from) === groups.get(edge.to)
    const isDown = direction === "TB" && isInner && groups.get(edge.from) !== undefined
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

/** Begins and ends a line in the middle of the sides of its cards. */
function attachEnds({ boxes, lines }: GraphLayout, { id, from, to }: ViewEdge, isDown: boolean) {
  const [source, target] = [boxes[from], boxes[to]]
  const inner = (lines[id] ?? []).slice(1, -1)
  if (source === undefined || target === undefined) return inner
  return isDown
    ? [
        { x: source.x + source.width / 2, y: source.y + source.height },
        ...inner,
        { x: target.x + target.width / 2, y: target.y },
      ]
    : [
        { x: source.x + source.width, y: source.y + source.height / 2 },
        ...inner,
        { x: target.x, y: target.y + target.height / 2 },
      ]
}
