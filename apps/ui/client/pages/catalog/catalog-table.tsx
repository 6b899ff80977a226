import { formatBytes, formatCount, formatDuration, formatQuantity } from "@freshet/core/engine"
import { Link } from "@tanstack/react-router"
import { Fragment } from "react"

import type { AssetStateDocument } from "../../api/documents.ts"
import { getShownCause, getShownState, listPartitionCounts } from "../../asset-state.ts"
import { formatShortTime } from "../../format.ts"
import { useRootCauses } from "../../root-causes.ts"
import { State, StateBar } from "../../ui/state.tsx"

import classes from "./catalog.module.css"

interface CatalogTableProps {
  readonly assets: readonly AssetStateDocument[]
  readonly now: string
  readonly selected: ReadonlySet<string>
  readonly onSelect: (selected: ReadonlySet<string>) => void
}

/** The assets by group, trouble first. */
export function CatalogTable({ assets, now, selected, onSelect }: CatalogTableProps) {
  const groups = [...new Set(assets.map(({ group }) => group))]
  const selectable = assets.filter(({ kind }) => kind !== "source").map(({ name }) => name)
  const isAllSelected = selectable.length > 0 && selectable.every((name) => selected.has(name))
  const toggleAll = () => onSelect(isAllSelected ? new Set() : new Set(selectable))
  const toggle = (name: string) => {
    const names = new Set(selected)
    if (!names.delete(name)) names.add(name)
    onSelect(names)
  }
  return (
    <table className={classes["table"]}>
      <thead>
        <tr>
          <th className={classes["check"]}>
            <input
              type="checkbox"
              aria-label="Select all"
              checked={isAllSelected}
              onChange={toggleAll}
            />
          </th>
          <th>State</th>
          <th>Asset</th>
          <th className="not-narrow">Cause</th>
          <th className="not-narrow">Overdue</th>
          <th className="wide-only">Newest</th>
          <th className="not-narrow">Partitions</th>
          <th className="num not-narrow">Rows</th>
          <th className="num wide-only">Size</th>
          <th className="num wide-only">Built</th>
          <th className="wide-only">Checks</th>
        </tr>
      </thead>
      <tbody>
        {groups.map((group) => (
          <Fragment key={group}>
            <GroupRow group={group} assets={assets} />
            {assets
              .filter((asset) => asset.group === group)
              .map((asset) => (
                <AssetRow
                  key={asset.name}
                  asset={asset}
                  now={now}
                  isSelected={selected.has(asset.name)}
                  onToggle={() => toggle(asset.name)}
                />
              ))}
          </Fragment>
        ))}
      </tbody>
    </table>
  )
}

function GroupRow({
  group,
  assets: allAssets,
}: {
  readonly group: string
  readonly assets: readonly AssetStateDocument[]
}) {
  const assets = allAssets.filter((asset) => asset.group === group)
  const sources = assets.filter(({ kind }) => kind === "source").length
  return (
    <tr className={classes["group"]}>
      <td />
      <td colSpan={10}>
        {group}{" "}
        <span className="faint small">
          {formatQuantity(assets.length - sources, "asset")}
          {sources === 0 ? "" : `, ${formatQuantity(sources, "source")}`}
        </span>
      </td>
    </tr>
  )
}

interface AssetRowProps {
  readonly asset: AssetStateDocument
  readonly now: string
  readonly isSelected: boolean
  readonly onToggle: () => void
}

function AssetRow({ asset, now, isSelected, onToggle }: AssetRowProps) {
  const { name, kind } = asset
  const state = getShownState(asset)
  const cause = getShownCause(asset, useRootCauses())
  return (
    <tr className={isSelected ? classes["selected"] : undefined}>
      <td className={classes["check"]}>
        {kind === "source" ? null : (
          <input
            type="checkbox"
            aria-label={`Select ${name}`}
            checked={isSelected}
            onChange={onToggle}
          />
        )}
      </td>
      <td>
        <State state={state} />
      </td>
      <td className="strong">
        <Link to="/assets/$asset" params={{ asset: name }}>
          {name}
        </Link>
        <span className={classes["under"]}>{cause}</span>
      </td>
      <td className={`quiet not-narrow ${classes["cause"]}`}>{cause}</td>
      <td className="not-narrow">
        <Overdue asset={asset} now={now} />
      </td>
      <td className="quiet nowrap wide-only">{asset.newest_partition}</td>
      <td className="nowrap not-narrow">
        <PartitionSummary asset={asset} />
      </td>
      <td className="num not-narrow">{asset.rows === null ? "" : formatCount(asset.rows)}</td>
      <td className="num quiet wide-only">
        {asset.bytes === null ? "" : formatBytes(asset.bytes)}
      </td>
      <td className="num quiet wide-only">
        {asset.materialized_at === null ? "" : formatShortTime(asset.materialized_at, now)}
      </td>
      <td className="quiet wide-only">{describeChecks(asset)}</td>
    </tr>
  )
}

function Overdue({
  asset: { overdue },
  now,
}: {
  readonly asset: AssetStateDocument
  readonly now: string
}) {
  if (overdue === null) return null
  return (
    <State state="overdue">{formatDuration(Date.parse(now) - Date.parse(overdue.due_at))}</State>
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
