import { formatBytes, formatCount, formatDuration } from "@freshet/core/engine"

import type { PartitionRow } from "../../api/documents.ts"
import { formatShortTime } from "../../format.ts"
import { State } from "../../ui/state.tsx"
import { type Column, Table } from "../../ui/table.tsx"

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
    <Table
      columns={createColumns(now)}
      rows={rows.slice(0, shownRows)}
      getKey={({ key }) => key}
      getAttributes={({ key }) => ({
        className: selectedKeys.has(key) ? classes["selected"] : undefined,
        onClick: () => onSelect(key, key),
      })}
    />
  )
}

function createColumns(now: string): readonly Column<PartitionRow>[] {
  return [
    { head: "Partition", className: "nowrap", tone: "strong", cell: ({ key }) => key },
    { head: "State", cell: ({ state }) => <State state={state} /> },
    {
      head: "Cause",
      className: "not-narrow",
      tone: "quiet",
      cell: ({ reason, state }) => (reason === state ? "" : reason),
    },
    {
      head: "Rows",
      className: "num",
      cell: ({ rows }) => (rows === null ? "" : formatCount(rows)),
    },
    {
      head: "Size",
      className: "num not-narrow",
      tone: "quiet",
      cell: ({ bytes }) => (bytes === null ? "" : formatBytes(bytes)),
    },
    {
      head: "Took",
      className: "num not-narrow",
      tone: "quiet",
      cell: ({ ms }) => (ms === null ? "" : formatDuration(ms)),
    },
    {
      head: "Built",
      className: "num not-narrow",
      tone: "quiet",
      cell: ({ materialized_at: at }) => (at === null ? "" : formatShortTime(at, now)),
    },
  ]
}
