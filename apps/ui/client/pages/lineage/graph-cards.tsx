import {
  type EdgeProps,
  Handle,
  type Node,
  type NodeProps,
  type Edge,
  Position,
} from "@xyflow/react"

import { Icon } from "../../ui/icons.tsx"
import { State, StateBar } from "../../ui/state.tsx"
import type { Point } from "./layout-graph.ts"
import type { ViewEdge, ViewNode } from "./view-graph.ts"

import classes from "./lineage.module.css"

/** The data of a card in the canvas. */
export interface CardData extends Record<string, unknown> {
  readonly node: ViewNode
  readonly isSelected: boolean
  readonly isFaded: boolean
  readonly onSelect: (id: string, isPath: boolean) => void
  readonly onOpen: (node: ViewNode) => void
}

/** The data of the box of an expanded group. */
export interface GroupData extends Record<string, unknown> {
  readonly name: string
  readonly detail: string
  readonly onCollapse: (name: string) => void
}

/** The data of an edge. */
export interface LineData extends Record<string, unknown> {
  readonly edge: ViewEdge
  readonly points: readonly Point[]
  readonly isDown: boolean
  readonly state: string
  readonly isLit: boolean
  readonly isFaded: boolean
}

const quietStates: ReadonlySet<string> = new Set(["fresh", "source", "missing"])

/** A card of an asset or a collapsed group. A click selects, a double click opens. */
export function Card({ data }: NodeProps<Node<CardData>>) {
  const { node, isSelected, isFaded, onSelect, onOpen } = data
  const isGroup = node.kind === "group"
  return (
    <>
      <Handle type="target" position={Position.Top} style={{ opacity: 0 }} isConnectable={false} />
      <button
        type="button"
        data-card={node.id}
        className={`nopan ${classes["card"]} ${isGroup ? classes["groupCard"] : ""} ${isFaded ? classes["faded"] : ""}`}
        data-state={node.state}
        data-loud={!isGroup && !quietStates.has(node.state)}
        data-selected={isSelected}
        aria-label={`${node.name}: ${node.state}${node.isOverdue ? ", overdue" : ""}${isGroup ? `, ${node.detail}` : ""}`}
        title={node.detail}
        onClick={({ shiftKey }) => onSelect(node.id, shiftKey)}
        onDoubleClick={() => onOpen(node)}
      >
        {isGroup ? <GroupContent node={node} /> : <AssetContent node={node} />}
      </button>
      <Handle
        type="source"
        position={Position.Bottom}
        style={{ opacity: 0 }}
        isConnectable={false}
      />
    </>
  )
}

function AssetContent({ node }: { readonly node: ViewNode }) {
  return (
    <>
      <span data-state={node.state} style={{ color: "var(--state)", display: "flex" }}>
        <Icon name={node.state} />
      </span>
      <span>{node.name}</span>
      {node.isOverdue ? (
        <span className="push" style={{ color: "var(--overdue)", display: "flex" }}>
          <Icon name="overdue" size={14} />
        </span>
      ) : null}
    </>
  )
}

function GroupContent({ node }: { readonly node: ViewNode }) {
  return (
    <>
      <b>{node.name}</b>
      <span className="quiet">{node.detail}</span>
      <StateBar counts={node.counts} />
      <span className="row">
        {node.counts.map(([state, count]) => (
          <State key={state} state={state}>
            {count} {state}
          </State>
        ))}
      </span>
    </>
  )
}

/** The box around the cards of an expanded group. */
export function GroupBox({ data: { name, detail, onCollapse } }: NodeProps<Node<GroupData>>) {
  return (
    <div className={classes["groupBox"]}>
      <div className={classes["groupTitle"]}>
        <b>{name}</b>
        <span className="quiet small">{detail}</span>
        <button
          type="button"
          className="nopan link small"
          style={{
            border: 0,
            background: "none",
            padding: 0,
            cursor: "pointer",
            pointerEvents: "all",
          }}
          onClick={() => onCollapse(name)}
        >
          collapse
        </button>
      </div>
    </div>
  )
}

/** An edge through the points of the layout, so that long reads pass between cards. */
export function Line({ data, sourceX, sourceY, targetX, targetY }: EdgeProps<Edge<LineData>>) {
  if (data === undefined) return null
  const { points, isDown, state, isLit, isFaded } = data
  const ends = [
    { x: sourceX, y: sourceY },
    { x: targetX, y: targetY },
  ]
  return (
    <path
      d={drawLine(points.length > 1 ? points : ends, isDown)}
      className={classes["edge"]}
      data-state={state}
      data-lit={isLit}
      data-faded={isFaded}
    />
  )
}

/** Draws a smooth line that leaves and enters cards at right angles. */
function drawLine(points: readonly Point[], isDown: boolean): string {
  const [first, ...more] = points
  if (first === undefined) return ""
  let previous = first
  const parts = [`M${first.x},${first.y}`]
  for (const point of more) {
    const middle = isDown ? (previous.y + point.y) / 2 : (previous.x + point.x) / 2
    const [c1, c2] = isDown
      ? [`${previous.x},${middle}`, `${point.x},${middle}`]
      : [`${middle},${previous.y}`, `${middle},${point.y}`]
    parts.push(`C${c1} ${c2} ${point.x},${point.y}`)
    previous = point
  }
  return parts.join("")
}
