import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react"

import type { PartitionRow } from "../../api/documents.ts"
import { capitalize } from "../../format.ts"
import { CellLabels } from "./cell-labels.tsx"
import {
  findRange,
  getEnds,
  isInRange,
  moveRange,
  type SelectedRange,
} from "./partition-selection.ts"

import classes from "./asset.module.css"

interface PartitionCellsProps {
  /** In the order of time. */
  readonly rows: readonly PartitionRow[]
  readonly from: string | undefined
  readonly to: string | undefined
  readonly onSelect: (from: string, to: string) => void
}

/** One cell a partition. Dragging or Shift with arrows selects a range. */
export function PartitionCells({ rows, from, to, onSelect }: PartitionCellsProps) {
  const cells = useRef<HTMLDivElement>(null)
  const store = (next: SelectedRange) => {
    const [first, last] = getEnds(next)
    const [firstRow, lastRow] = [rows[first], rows[last]]
    if (firstRow !== undefined && lastRow !== undefined) onSelect(firstRow.key, lastRow.key)
  }
  const { range, drag, drop } = useDrag(findRange(rows, from, to), store)
  const handleKey = (event: KeyboardEvent) => {
    const next = moveRange(range, event, rows.length)
    if (next === undefined) return
    event.preventDefault()
    store(next)
    cells.current?.querySelectorAll("button")[next.end]?.focus()
  }
  const focusable = range?.end ?? rows.length - 1
  return (
    <div>
      <div
        ref={cells}
        className={classes["heat"]}
        role="group"
        aria-label="Partitions"
        onKeyDown={handleKey}
        onPointerDown={drag}
        onPointerMove={drag}
        onPointerUp={drop}
        onPointerLeave={drop}
      >
        {rows.map((row, at) => (
          <button
            key={row.key}
            type="button"
            data-at={at}
            data-bar={row.state}
            tabIndex={at === focusable ? 0 : -1}
            aria-pressed={isInRange(range, at)}
            aria-label={`${row.key}: ${row.state}`}
            title={`${row.key}: ${row.state}. ${describeReason(row)}`}
            onClick={({ detail }) => {
              if (detail === 0) store({ anchor: at, end: at })
            }}
          />
        ))}
      </div>
      <CellLabels keys={rows.map(({ key }) => key)} />
    </div>
  )
}

/** Returns the reason of a partition's state as a sentence; empty when the state says everything. */
function describeReason({ reason, state }: PartitionRow): string {
  return reason === state ? "" : `${capitalize(reason)}.`
}

/** Follows the pointer from cell to cell, and stores the range at its end. */
function useDrag(storedRange: SelectedRange | undefined, store: (range: SelectedRange) => void) {
  const [dragged, setDragged] = useState<SelectedRange>()
  const range = dragged ?? storedRange
  const drag = (event: PointerEvent) => {
    const at = findCell(event)
    if (at === undefined) return
    if (event.type === "pointerdown")
      setDragged({ anchor: event.shiftKey ? (range?.anchor ?? at) : at, end: at })
    else if (dragged !== undefined) setDragged({ ...dragged, end: at })
  }
  const drop = () => {
    if (dragged !== undefined) store(dragged)
    setDragged(undefined)
  }
  return { range, drag, drop }
}

function findCell({ target }: PointerEvent): number | undefined {
  const at = target instanceof HTMLElement ? target.dataset["at"] : undefined
  return at === undefined ? undefined : Number(at)
}
