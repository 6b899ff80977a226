import { formatBytes, formatCount, formatDuration, formatQuantity } from "@freshet/core/engine"
import { Link } from "@tanstack/react-router"
import { Fragment } from "react"

import type { AssetStateDocument } from "../../api/documents.ts"
import { getShownCause, getShownState, listPartitionCounts } from "../../asset-state.ts"
import { formatAssetCounts, formatShortTime } from "../../format.ts"
import { useRootCauses } from "../../root-causes.ts"
import { DueSoon, State, StateBar } from "../../ui/state.tsx"
import { type Column, TableHead, TableRow } from "../../ui/table.tsx"

import classes from "./catalog.module.css"

interface CatalogTableProps {
  /** Asset → its owners. */
  readonly owners: ReadonlyMap<string, readonly string[]>
  readonly assets: readonly AssetStateDocument[]
  readonly now: string
  readonly selected: ReadonlySet<string>
  readonly onSelect: (selected: ReadonlySet<string>) => void
}

/** The assets by group, trouble first. */
export function CatalogTable({ assets, owners, now, selected, onSelect }: CatalogTableProps) {
  const rootCauses = useRootCauses()
  const groups = [...new Set(assets.map(({ group }) => group))]
  const columns = [
    createSelectColumn({ assets, selected, onSelect }),
    ...createStateColumns(rootCauses, now),
    ...(owners.size === 0 ? [] : [createOwnerColumn(owners)]),
    ...createRowColumns(now),
  ]
  return (
    <table className={classes["table"]}>
      <TableHead columns={columns} />
      <tbody>
        {groups.map((group) => (
          <Fragment key={group}>
            <GroupRow group={group} assets={assets} columnCount={columns.length} />
            {assets
              .filter((asset) => asset.group === group)
              .map((asset) => (
                <TableRow
                  key={asset.name}
                  columns={columns}
                  row={asset}
                  className={selected.has(asset.name) ? classes["selected"] : undefined}
                />
              ))}
          </Fragment>
        ))}
      </tbody>
    </table>
  )
}

function createSelectColumn({
  assets,
  selected,
  onSelect,
}: Pick<CatalogTableProps, "assets" | "selected" | "onSelect">): Column<AssetStateDocument> {
  const selectable = assets.filter(({ kind }) => kind !== "source").map(({ name }) => name)
  const isAllSelected = selectable.length > 0 && selectable.every((name) => selected.has(name))
  const toggleAll = () => onSelect(isAllSelected ? new Set() : new Set(selectable))
  const toggle = (name: string) => {
    const names = new Set(selected)
    if (!names.delete(name)) names.add(name)
    onSelect(names)
  }
  return {
    head: (
      <input type="checkbox" aria-label="Select all" checked={isAllSelected} onChange={toggleAll} />
    ),
    className: classes["check"] ?? "",
    cell: ({ name, kind }) =>
      kind === "source" ? null : (
        <input
          type="checkbox"
          aria-label={`Select ${name}`}
          checked={selected.has(name)}
          onChange={() => toggle(name)}
        />
      ),
  }
}

function createStateColumns(
  rootCauses: ReadonlyMap<string, string>,
  now: string,
): readonly Column<AssetStateDocument>[] {
  return [
    { head: "State", cell: (asset) => <State state={getShownState(asset)} /> },
    {
      head: "Asset",
      tone: "strong",
      cell: (asset) => (
        <>
          <Link to="/assets/$asset" params={{ asset: asset.name }}>
            {asset.name}
          </Link>
          <span className={classes["under"]}>{getShownCause(asset, rootCauses)}</span>
        </>
      ),
    },
    {
      head: "Cause",
      className: "not-narrow",
      tone: `quiet ${classes["cause"]}`,
      cell: (asset) => getShownCause(asset, rootCauses),
    },
    {
      head: "Overdue",
      className: "not-narrow",
      cell: (asset) => <Due asset={asset} now={now} />,
    },
    {
      head: "Newest",
      className: "nowrap wide-only",
      tone: "quiet",
      cell: ({ newest_partition: newest }) => newest,
    },
    {
      head: "Partitions",
      className: "nowrap not-narrow",
      cell: (asset) => <PartitionSummary asset={asset} />,
    },
  ]
}

function createOwnerColumn(owners: CatalogTableProps["owners"]): Column<AssetStateDocument> {
  return {
    head: "Owner",
    className: `nowrap ${classes["owner"]}`,
    tone: "quiet",
    cell: ({ name }) => owners.get(name)?.join(", "),
  }
}

function createRowColumns(now: string): readonly Column<AssetStateDocument>[] {
  return [
    {
      head: "Rows",
      className: "num not-narrow",
      cell: ({ rows }) => (rows === null ? "" : formatCount(rows)),
    },
    {
      head: "Size",
      className: `num ${classes["size"]}`,
      tone: "quiet",
      cell: ({ bytes }) => (bytes === null ? "" : formatBytes(bytes)),
    },
    {
      head: "Built",
      className: "num wide-only",
      tone: "quiet",
      cell: ({ materialized_at: at }) => (at === null ? "" : formatShortTime(at, now)),
    },
    { head: "Checks", className: "wide-only", tone: "quiet", cell: describeChecks },
  ]
}

function GroupRow({
  group,
  assets: allAssets,
  columnCount,
}: {
  readonly group: string
  readonly assets: readonly AssetStateDocument[]
  readonly columnCount: number
}) {
  const assets = allAssets.filter((asset) => asset.group === group)
  return (
    <tr className={classes["group"]}>
      <td />
      <td colSpan={columnCount - 1}>
        {group} <span className="faint small">{formatAssetCounts(assets)}</span>
      </td>
    </tr>
  )
}

function Due({
  asset: { overdue, due_soon: dueSoon },
  now,
}: {
  readonly asset: AssetStateDocument
  readonly now: string
}) {
  if (overdue !== null)
    return (
      <State state="overdue">
        <span className="hidden-text">overdue </span>
        {formatDuration(Date.parse(now) - Date.parse(overdue.due_at))}
      </State>
    )
  return dueSoon === null ? null : (
    <DueSoon>due soon, {formatShortTime(dueSoon.due_at, now)}</DueSoon>
  )
}

function PartitionSummary({ asset }: { readonly asset: AssetStateDocument }) {
  const { partition_noun: noun, partitions } = asset
  if (noun === null || partitions.total === 0) return null
  const counts = listPartitionCounts(asset)
  const troubles = counts.filter(([state, count]) => state !== "fresh" && count > 0)
  const text =
    troubles.length === 0
      ? formatQuantity(partitions.total, noun)
      : troubles
          .map(([state, count]) => `${formatCount(count)} ${state}`)
          .toReversed()
          .join(", ")
  return (
    <>
      <span className={classes["bar"]}>
        <StateBar counts={counts} />
      </span>
      <span className="quiet">{text}</span>
    </>
  )
}

function describeChecks({ checks, rows }: AssetStateDocument): string {
  const { failed_errors: errors, failed_warnings: warnings } = checks
  if (errors > 0) return `${errors} failed`
  if (warnings > 0) return formatQuantity(warnings, "warning")
  return rows === null ? "" : "passed"
}
