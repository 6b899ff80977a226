import { formatBytes, formatCount, formatDuration } from "@freshet/core/engine"

import type { PartitionRow } from "../../api/documents.ts"
import { formatShortTime } from "../../format.ts"
import { State } from "../../ui/state.tsx"

import classes from "./asset.module.css"

interface PartitionTableProps {
  /** The newest first. */
  readonly rows: readonly PartitionRow[]
  readonly selected: readonly PartitionRow[]
  readonly now: string
  readonly onSelect: (from: string, to: string) => void
}

const shownRows = 60

/** The partitions with their causes and their materializations. */
export function PartitionTable({ rows, selected, now, onSelect }: PartitionTableProps) {
  const selectedKeys = new Set(selected.map(({ key }) => key))
  return (
    <table>
      <thead>
        <tr>
          <th>Partition</th>
          <th>State</th>
          <th className="not-narrow">Cause</th>
          <th className="num">Rows</th>
          <th className="num not-narrow">Size</th>
          <th className="num not-narrow">Took</th>
          <th className="num not-narrow">Built</th>
        </tr>
      </thead>
      <tbody>
        {rows.slice(0, shownRows).map((row) => (
          <tr
            key={row.key}
            className={selectedKeys.has(row.key) ? classes["selected"] : undefined}
            onClick={() => onSelect(row.key, row.key)}
          >
            <td className="nowrap strong">{row.key}</td>
            <td>
              <State state={row.state} />
            </td>
            <td className="quiet not-narrow">{row.reason === row.state ? "" : row.reason}</td>
            <td className="num">{row.rows === null ? "" : formatCount(row.rows)}</td>
            <td className="num quiet not-narrow">
              {row.bytes === null ? "" : formatBytes(row.bytes)}
            </td>
            <td className="num quiet not-narrow">
              {row.ms === null ? "" : formatDuration(row.ms)}
            </td>
            <td className="num quiet not-narrow">
              {row.materialized_at === null ? "" : formatShortTime(row.materialized_at, now)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
