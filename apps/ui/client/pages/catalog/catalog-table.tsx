import { formatBytes, formatCount, formatDuration, formatQuantity } from "@freshet/core/engine"
import { Link } from "@tanstack/react-router"
import { Fragment, useRef } from "react"

import type { AssetStateDocument } from "../../api/documents.ts"
import { getShownCause, getShownState, listPartitionCounts } from "../../asset-state.ts"
import { capitalize, formatAssetCounts, formatShortTime } from "../../format.ts"
import { useRootCauses } from "../../root-causes.ts"
import { DueSoon, State, StateBar } from "../../ui/state.tsx"
import { type Column, TableHead, TableRow } from "../../ui/table.tsx"
import { type RowCounts, RowTrend } from "./row-trend.tsx"
import type { Sort, SortName } from "./sort-assets.ts"

import classes from "./catalog.module.css"

interface CatalogTableProps {
  readonly rowCounts: ReadonlyMap<string, RowCounts>
  readonly sort: Sort | undefined
  readonly onSort: (name: SortName) => void
  /** Asset → its owners. */
  readonly owners: ReadonlyMap<string, readonly string[]>
  readonly assets: readonly AssetStateDocument[]
  readonly now: string
  readonly selected: ReadonlySet<string>
  readonly onSelect: (selected: ReadonlySet<string>) => void
}

/** The assets by group, trouble first; or sorted by one of the columns. */
export function CatalogTable(props: CatalogTableProps) {
  const { assets, selected, sort } = props
  const columns = useColumns(props)
  const groups = sort === undefined ? [...new Set(assets.map(({ group }) => group))] : [undefined]
  return (
    <table className={classes["table"]}>
      <TableHead columns={columns} />
      <tbody>
        {groups.map((group) => (
          <Fragment key={group}>
            {group === undefined ? null : (
              <GroupRow group={group} assets={assets} columnCount={columns.length} />
            )}
            {assets
              .filter((asset) => group === undefined || asset.group === group)
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

function useColumns({ assets, owners, rowCounts, now, ...props }: CatalogTableProps) {
  const rootCauses = useRootCauses("place")
  const { sort, onSort } = props
  const addSort: AddSort = (name) => ({
    head: <SortHead {...{ name, sort, onSort }} />,
    sortDirection: sort?.name === name ? getDirection(sort) : undefined,
  })
  const hasDeadlines = assets.some(
    ({ overdue, due_soon: soon }) => overdue !== null || soon !== null,
  )
  return [
    useSelectColumn({ assets, ...props }),
    ...createStateColumns(rootCauses, addSort),
    ...(hasDeadlines ? [createDueColumn(now, addSort)] : []),
    ...createPartitionColumns(addSort),
    ...(owners.size === 0 ? [] : [createOwnerColumn(owners)]),
    ...(rowCounts.size === 0 ? [] : [createTrendColumn(rowCounts)]),
    ...createRowColumns(now, addSort),
  ]
}

type AddSort = (name: SortName) => Pick<Column<AssetStateDocument>, "head" | "sortDirection">

function getDirection({ isDescending }: Sort): "ascending" | "descending" {
  return isDescending ? "descending" : "ascending"
}

/** The head of a column as a button that sorts by it. */
function SortHead({
  name,
  sort,
  onSort,
}: Pick<CatalogTableProps, "sort" | "onSort"> & { readonly name: SortName }) {
  const arrow = sort?.name === name ? (sort.isDescending ? " ↓" : " ↑") : ""
  return (
    <button type="button" className={classes["sort"]} onClick={() => onSort(name)}>
      {sortHeads[name] ?? capitalize(name)}
      <span aria-hidden="true">{arrow}</span>
    </button>
  )
}

const sortHeads: Readonly<Partial<Record<SortName, string>>> = { name: "Asset" }

/** Creates the column of check boxes. A click with Shift selects all assets since the latest click. */
function useSelectColumn({
  assets,
  selected,
  onSelect,
}: Pick<CatalogTableProps, "assets" | "selected" | "onSelect">): Column<AssetStateDocument> {
  const anchor = useRef<string>(undefined)
  const selectable = assets.filter(({ kind }) => kind !== "source").map(({ name }) => name)
  const isAllSelected = selectable.length > 0 && selectable.every((name) => selected.has(name))
  const toggleAll = () => onSelect(isAllSelected ? new Set() : new Set(selectable))
  const toggle = (name: string, isRange: boolean) => {
    const names = new Set(selected)
    const ends = [selectable.indexOf(anchor.current ?? name), selectable.indexOf(name)]
    const range = isRange ? selectable.slice(Math.min(...ends), Math.max(...ends) + 1) : [name]
    for (const listedName of range)
      if (selected.has(name)) names.delete(listedName)
      else names.add(listedName)
    anchor.current = name
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
          onChange={({ nativeEvent }) =>
            toggle(name, nativeEvent instanceof MouseEvent && nativeEvent.shiftKey)
          }
        />
      ),
  }
}

function createStateColumns(
  rootCauses: ReadonlyMap<string, string>,
  addSort: AddSort,
): readonly Column<AssetStateDocument>[] {
  return [
    { ...addSort("state"), cell: (asset) => <State state={getShownState(asset)} /> },
    {
      ...addSort("name"),
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
  ]
}

function createDueColumn(now: string, addSort: AddSort): Column<AssetStateDocument> {
  return {
    ...addSort("overdue"),
    className: "not-narrow",
    cell: (asset) => <Due asset={asset} now={now} />,
  }
}

function createPartitionColumns(addSort: AddSort): readonly Column<AssetStateDocument>[] {
  return [
    {
      ...addSort("newest"),
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

function createTrendColumn(rowCounts: CatalogTableProps["rowCounts"]): Column<AssetStateDocument> {
  return {
    head: "Trend",
    className: classes["trend"] ?? "",
    cell: ({ name }) => <RowTrend counts={rowCounts.get(name) ?? []} />,
  }
}

function createOwnerColumn(owners: CatalogTableProps["owners"]): Column<AssetStateDocument> {
  return {
    head: "Owner",
    className: `nowrap ${classes["owner"]}`,
    tone: "quiet",
    cell: ({ name }) => owners.get(name)?.join(", "),
  }
}

function createRowColumns(now: string, addSort: AddSort): readonly Column<AssetStateDocument>[] {
  return [
    {
      ...addSort("rows"),
      className: "num not-narrow",
      cell: ({ rows }) => (rows === null ? "" : formatCount(rows)),
    },
    {
      ...addSort("size"),
      className: `num ${classes["size"]}`,
      tone: "quiet",
      cell: ({ bytes }) => (bytes === null ? "" : formatBytes(bytes)),
    },
    {
      ...addSort("built"),
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
