import { formatCount, formatQuantity } from "@freshet/core/engine"
import { Link } from "@tanstack/react-router"

import type { PartitionsDocument } from "../../api/documents.ts"
import type { StateName } from "../../ui/state-names.ts"
import { State } from "../../ui/state.tsx"
import { CellLabels } from "./cell-labels.tsx"
import { mergeRanges } from "./merge-ranges.ts"

import classes from "./asset.module.css"

/** The most cells that a bar draws; more are thinner than a pixel, and slow the browser down. */
const maxCells = 150

/** The partitions of an asset, one cell each while they fit, else one for each range of the same state, or for several of them. A cell opens its partitions. */
export function HeatBar({
  asset,
  partitions: { partitions: rows, ranges, count, partition_noun: noun },
}: {
  readonly asset: string
  readonly partitions: PartitionsDocument
}) {
  const isWhole = rows.length === count
  const cells = isWhole
    ? rows
        .toReversed()
        .map(({ key, state }) => ({ from: key, to: key, count: 1, state, isMixed: false }))
    : mergeRanges(ranges, maxCells)
  return (
    <div>
      <StateCounts ranges={ranges} />
      <div className={classes["heat"]} role="group" aria-label={`Partitions of ${asset}`}>
        {cells.map((cell) => {
          const range = cell.from === cell.to ? cell.from : `${cell.from} to ${cell.to}`
          const state = cell.isMixed ? `some ${cell.state}` : cell.state
          const label = `${range}: ${state}${cell.count === 1 ? "" : `, ${formatQuantity(cell.count, noun)}`}`
          return (
            <Link
              key={cell.from}
              to="/assets/$asset"
              params={{ asset }}
              search={{ tab: "partitions", from: cell.from, to: cell.to }}
              className={classes["span"]}
              style={{ flex: cell.count }}
              data-bar={cell.state}
              title={label}
              aria-label={label}
            />
          )
        })}
      </div>
      <CellLabels keys={isWhole ? cells.map(({ from }) => from) : listEnds(cells)} />
    </div>
  )
}

function listEnds(cells: PartitionsDocument["ranges"]): readonly string[] {
  const [first, last] = [cells[0]?.from, cells.at(-1)?.to]
  return [first, first === last ? undefined : last].filter((key) => key !== undefined)
}

/** Counts the partitions by state. */
export function StateCounts({ ranges }: Pick<PartitionsDocument, "ranges">) {
  const counts = new Map<StateName, number>()
  for (const { state, count } of ranges) counts.set(state, (counts.get(state) ?? 0) + count)
  return (
    <p className="row" style={{ marginBottom: 8 }}>
      {[...counts].map(([state, count]) => (
        <State key={state} state={state}>
          {formatCount(count)} {state}
        </State>
      ))}
    </p>
  )
}
