import { formatQuantity } from "@freshet/core/engine"

import type { PartitionsDocument, StateRange } from "../../api/documents.ts"
import { Button } from "../../ui/controls.tsx"
import { contentStates } from "../../ui/state-names.ts"

import classes from "./asset.module.css"

const columnCount = 400

interface RangeBarProps {
  readonly partitions: PartitionsDocument
  readonly onOffset: (offset: number) => void
}

/** All partitions in columns of equal counts, each in its worst state. A click opens the window of cells there. */
export function RangeBar({ partitions, onOffset }: RangeBarProps) {
  const { ranges, count, offset, partitions: rows } = partitions
  const columns = listColumns(ranges, count)
  const size = rows.length
  const open = (share: number) => {
    const newest = Math.round((1 - share) * count - size / 2)
    onOffset(Math.max(0, Math.min(count - size, newest)))
  }
  return (
    <div style={{ marginBottom: "var(--s4)" }}>
      <svg
        width="100%"
        height="24"
        viewBox={`0 0 ${columns.length} 24`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${formatQuantity(count, "partition")} by state`}
        style={{ cursor: "pointer", display: "block" }}
        onClick={({ clientX, currentTarget }) => {
          const { x, width } = currentTarget.getBoundingClientRect()
          open((clientX - x) / width)
        }}
      >
        {mergeColumns(columns).map(({ state, from, width }) => (
          <rect key={from} x={from} width={width} height="20" fill={`var(--${state}-bar)`} />
        ))}
        <rect
          x={((count - offset - size) / count) * columns.length}
          width={Math.max(2, (size / count) * columns.length)}
          y="21"
          height="3"
          fill="var(--accent)"
        />
      </svg>
      <RangeLabels partitions={partitions} onOffset={onOffset} />
    </div>
  )
}

function RangeLabels({ partitions: { count, offset, partitions: rows }, onOffset }: RangeBarProps) {
  const size = rows.length
  return (
    <div className={classes["heatLabels"]}>
      <Button
        look="plain"
        disabled={offset + size >= count}
        onClick={() => onOffset(Math.min(count - size, offset + size))}
      >
        Earlier
      </Button>
      <span className="quiet">
        {rows.at(-1)?.key} to {rows[0]?.key} below
      </span>
      <Button
        look="plain"
        disabled={offset === 0}
        onClick={() => onOffset(Math.max(0, offset - size))}
      >
        Later
      </Button>
    </div>
  )
}

/** Returns the worst state in each column. */
function listColumns(ranges: readonly StateRange[], count: number): readonly StateRange["state"][] {
  const length = Math.min(columnCount, count)
  const columns = Array.from({ length }, (): number => contentStates.length - 1)
  let start = 0
  for (const range of ranges) {
    const severity = contentStates.indexOf(range.state)
    const first = Math.floor((start / count) * length)
    const last = Math.floor(((start + range.count - 1) / count) * length)
    for (let at = first; at <= last; at += 1)
      columns[at] = Math.min(columns[at] ?? severity, severity)
    start += range.count
  }
  return columns.map((severity) => contentStates[severity] ?? "fresh")
}

function mergeColumns(columns: readonly StateRange["state"][]) {
  const merged: { state: StateRange["state"]; from: number; width: number }[] = []
  for (const [at, state] of columns.entries()) {
    const last = merged.at(-1)
    if (last?.state === state) last.width += 1
    else merged.push({ state, from: at, width: 1 })
  }
  return merged
}
