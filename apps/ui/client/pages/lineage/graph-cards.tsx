import {
  type EdgeProps,
  Handle,
  type Node,
  type NodeProps,
  type Edge,
  Position,
} from "@xyflow/react"

import { Icon } from "../../ui/icons.tsx"
import { drawLine } from "./draw-line.ts"
import type { Point } from "./layout-graph.ts"
import { LensBar, LensSymbol, LensWord } from "./lens-mark.tsx"
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

const quietTones: ReadonlySet<string> = new Set(["fresh", "source", "missing", "none"])

function describeCard({ name, state, isOverdue, kind, detail, mark }: ViewNode): string {
  const markTexts = mark === undefined ? [] : [mark.word, mark.value]
  const texts = [state, isOverdue ? "overdue" : "", ...markTexts, kind === "group" ? detail : ""]
  return `${name}: ${[...new Set(texts)].filter((text) => text !== "").join(", ")}`
}

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
        data-tone={node.mark?.tone}
        data-loud={!isGroup && !quietTones.has(node.mark?.tone ?? "")}
        data-selected={isSelected}
        aria-label={describeCard(node)}
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
  const { mark, isOverdue } = node
  const isTimed = mark?.tone === "overdue" || mark?.tone === "due_soon" // its symbol is the clock
  return (
    <>
      <LensSymbol tone={mark?.tone ?? "none"} />
      <span>{node.name}</span>
      {mark === undefined || mark.value === "" ? null : (
        <span className={classes["value"]}>{mark.value}</span>
      )}
      {isOverdue && !isTimed ? (
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
      <LensBar counts={node.counts} />
      <span className={classes["counts"]}>
        {node.counts.map(({ tone, word, count }) => (
          <LensWord key={tone} category={{ tone, word: `${count} ${word}` }} />
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
