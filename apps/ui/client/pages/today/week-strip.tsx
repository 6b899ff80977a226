import { formatQuantity } from "@freshet/core/engine"
import { Link } from "@tanstack/react-router"

import type { AssetListDocument, PartitionsDocument, StatusDocument } from "../../api/documents.ts"
import { formatAssetPath, formatPath, useDocument, useDocuments } from "../../api/use-document.ts"
import { addDays, listDays } from "../../days.ts"
import { Icon } from "../../ui/icons.tsx"
import { Section } from "../../ui/layout.tsx"
import { contentStates, type StateName } from "../../ui/state-names.ts"
import { State } from "../../ui/state.tsx"

import classes from "./today.module.css"

const dayCount = 14
const assetCount = 8

/** The latest days of the published daily assets. */
export function WeekStrip({ status }: { readonly status: StatusDocument }) {
  const { data: list } = useDocument<AssetListDocument>("/api/assets")
  const names = (list?.assets ?? [])
    .filter(({ partitions, published }) => partitions === "daily" && published !== null)
    .map(({ name }) => name)
  const listedNames = names.slice(0, assetCount)
  const documents = useDocuments<PartitionsDocument>(
    listedNames.map((name) => formatPath(formatAssetPath(name, "/partitions"), { limit: 0 })),
  )
  const assets = documents.filter((document) => document !== undefined)
  const overdue = new Map(status.assets.map((asset) => [asset.name, asset.overdue?.partition]))
  const days = listStripDays(assets, [...overdue.values()])
  if (days.length === 0) return null
  const total = formatQuantity(names.length, "published daily asset")
  const detail = names.length > assetCount ? `the first ${assetCount} of ${total}` : total
  return (
    <Section
      title={`Last ${formatQuantity(days.length, "day")}`}
      detail={detail}
      extra={
        <Legend assets={assets} days={days} hasOverdue={[...overdue.values()].some(Boolean)} />
      }
    >
      <div className="scroll">
        <table className={classes["strip"]}>
          <thead>
            <tr>
              <th>Asset</th>
              {days.map((day) => (
                <th key={day} className={classes["day"]} title={day}>
                  {day.slice(8)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {assets.map((asset) => (
              <StripRow
                key={asset.asset}
                asset={asset}
                days={days}
                overdueDay={overdue.get(asset.asset)}
              />
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  )
}

/** The states that the strip shows, in words. */
function Legend({
  assets,
  days,
  hasOverdue,
}: {
  readonly assets: readonly PartitionsDocument[]
  readonly days: readonly string[]
  readonly hasOverdue: boolean
}) {
  const [first = ""] = days
  const shown = new Set(
    assets.flatMap(({ ranges }) =>
      ranges.filter(({ to }) => to >= first).map(({ state }) => state),
    ),
  )
  const states: readonly StateName[] = [
    ...contentStates.filter((state) => shown.has(state)),
    ...(hasOverdue ? (["overdue"] as const) : []),
  ]
  return (
    <span className="row">
      {states.map((state) => (
        <State key={state} state={state} />
      ))}
    </span>
  )
}

/** Lists the latest days up to the newest materialized one, and an overdue day after it. */
function listStripDays(
  assets: readonly PartitionsDocument[],
  overdueDays: readonly (string | undefined)[],
): readonly string[] {
  const builtRanges = assets.flatMap(({ ranges }) =>
    ranges.filter(({ state }) => state !== "missing"),
  )
  const newest = builtRanges
    .map(({ to }) => to)
    .toSorted()
    .at(-1)
  if (newest === undefined) return []
  const next = addDays(newest, 1)
  const end = overdueDays.includes(next) ? next : newest
  const starts = assets
    .flatMap(({ ranges }) => ranges.slice(0, 1).map(({ from }) => from))
    .toSorted()
  const first = addDays(end, 1 - dayCount)
  return listDays({ from: [first, starts[0] ?? first].toSorted()[1] ?? first, to: end })
}

function StripRow({
  asset: { asset, ranges },
  days,
  overdueDay,
}: {
  readonly asset: PartitionsDocument
  readonly days: readonly string[]
  readonly overdueDay: string | undefined
}) {
  return (
    <tr>
      <td className="nowrap">
        <Link to="/assets/$asset" params={{ asset }}>
          {asset}
        </Link>
      </td>
      {days.map((day) => {
        const range = ranges.find(({ from, to }) => from <= day && day <= to)
        const state = range?.state ?? (day === overdueDay ? "overdue" : undefined)
        return (
          <td key={day} className={classes["day"]}>
            {state === undefined ? null : (
              <Link
                to="/assets/$asset"
                params={{ asset }}
                search={{ tab: "partitions", from: day, to: day }}
                className={classes["cell"]}
                data-bar={state}
                title={`${asset} ${day}: ${state}`}
                aria-label={`${asset} ${day}: ${state}`}
              >
                {state === "overdue" ? <Icon name="overdue" size={14} /> : null}
              </Link>
            )}
          </td>
        )
      })}
    </tr>
  )
}
