import { formatCount, formatQuantity } from "@freshet/core/engine"
import { getRouteApi, useNavigate } from "@tanstack/react-router"
import { useState } from "react"

import type { AssetDetailDocument, PartitionRow, PartitionsDocument } from "../../api/documents.ts"
import { useDocument } from "../../api/use-document.ts"
import { Button, Key } from "../../ui/controls.tsx"
import { Empty, Section, Skeleton } from "../../ui/layout.tsx"
import { formatWindowPath } from "./asset-documents.ts"
import { StateCounts } from "./heat-bar.tsx"
import { PartitionCalendar } from "./partition-calendar.tsx"
import { PartitionCells } from "./partition-cells.tsx"
import { findRange, getEnds } from "./partition-selection.ts"
import { PartitionTable } from "./partition-table.tsx"
import { RangeBar } from "./range-bar.tsx"

import classes from "./asset.module.css"

const route = getRouteApi("/assets/$asset")

interface PartitionsTabProps {
  readonly asset: AssetDetailDocument
  readonly onPlan: (kind: string) => void
}

/** The partitions of an asset: a bar of all of them, the newest or a chosen window in cells, and their table. */
export function PartitionsTab({ asset, onPlan }: PartitionsTabProps) {
  const [offset, setOffset] = useState(0)
  const { data } = useDocument<PartitionsDocument>(formatWindowPath(asset.name, offset))
  if (data === undefined || data.asset !== asset.name) return <Skeleton />
  if (data.count === 0)
    return (
      <Empty title="No partitions yet.">
        <p className="quiet">Partitions exist as soon as files of the sources have landed.</p>
      </Empty>
    )
  return <LoadedPartitions asset={asset} partitions={data} onPlan={onPlan} onOffset={setOffset} />
}

function LoadedPartitions({
  asset,
  partitions,
  onPlan,
  onOffset,
}: PartitionsTabProps & {
  readonly partitions: PartitionsDocument
  readonly onOffset: (offset: number) => void
}) {
  const { from, to } = route.useSearch()
  const select = useSelect(asset.name)
  const rows = partitions.partitions.toReversed()
  const selectedRows = selectRows(rows, from, to)
  return (
    <>
      <Section
        title={`${partitions.ranges[0]?.from ?? ""} to ${partitions.ranges.at(-1)?.to ?? ""}`}
        detail={`${formatCount(partitions.count)} ${partitions.partition_noun}s`}
        extra={
          <>
            drag, or <Key>⇧</Key> <Key>←</Key> <Key>→</Key> selects
          </>
        }
      >
        <StateCounts ranges={partitions.ranges} />
        {partitions.count > rows.length ? (
          <RangeBar partitions={partitions} onOffset={onOffset} />
        ) : null}
        <PartitionCells rows={rows} from={from} to={to} onSelect={select} />
      </Section>
      <SelectedHead
        asset={asset}
        rows={selectedRows}
        noun={partitions.partition_noun}
        onPlan={onPlan}
        onClear={() => select(undefined, undefined)}
      />
      <div className="row" style={{ alignItems: "start", gap: "var(--s6)", flexWrap: "wrap" }}>
        <div style={{ flex: "1 1 480px", minWidth: 0 }}>
          <PartitionTable
            rows={rows.toReversed()}
            selected={selectedRows}
            now={partitions.now}
            onSelect={select}
          />
        </div>
        {partitions.kind === "daily" ? (
          <PartitionCalendar rows={rows} from={from} to={to} onSelect={select} />
        ) : null}
      </div>
    </>
  )
}

/** Stores the selected range in the address. */
function useSelect(name: string) {
  const navigate = useNavigate()
  return (from: string | undefined, to: string | undefined) => {
    const range = from === undefined || to === undefined ? {} : { from, to }
    void navigate({
      to: "/assets/$asset",
      params: { asset: name },
      search: { tab: "partitions", ...range },
      replace: true,
      resetScroll: false,
    })
  }
}

/** Selects the rows of a range, of which one end may lie outside the window. */
function selectRows(
  rows: readonly PartitionRow[],
  from: string | undefined,
  to: string | undefined,
): readonly PartitionRow[] {
  if (from === undefined || to === undefined) return []
  const range = findRange(rows, from, to)
  if (range === undefined) return rows.filter(({ key }) => from <= key && key <= to)
  const [first, last] = getEnds(range)
  return rows.slice(first, last + 1)
}

function SelectedHead({
  asset,
  rows,
  noun,
  onPlan,
  onClear,
}: PartitionsTabProps & {
  readonly rows: readonly PartitionRow[]
  readonly noun: string
  readonly onClear: () => void
}) {
  const [first, last] = [rows[0]?.key, rows.at(-1)?.key]
  const states = [...new Set(rows.map(({ state }) => state))].join(", ")
  if (first === undefined)
    return (
      <div className={classes["picked"]}>
        <span className="faint">
          Select {noun}s in the bar, the calendar or the table to backfill them.
        </span>
      </div>
    )
  return (
    <div className={classes["picked"]}>
      <h2>{formatQuantity(rows.length, noun)} selected</h2>
      <span className="quiet">
        {first === last ? first : `${first} to ${last}`}, {states}
      </span>
      <span className="row push">
        <Button look="plain" onClick={onClear}>
          Clear
        </Button>
        {asset.kind === "source" ? null : (
          <Button look="primary" onClick={() => onPlan("range")}>
            Backfill {formatQuantity(rows.length, noun)}… <Key>b</Key>
          </Button>
        )}
      </span>
    </div>
  )
}
