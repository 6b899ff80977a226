import { formatCount, formatQuantity } from "@freshet/core/engine"

import type { ProfileDocument } from "../../api/documents.ts"
import { formatAssetPath, formatPath, useDocument } from "../../api/use-document.ts"
import { type Column, Table } from "../../ui/table.tsx"

import classes from "./asset.module.css"

type ColumnProfile = ProfileDocument["columns"][number]

/** More columns would push the rows out of sight. */
const maxOpenColumns = 8

/** The values of each column of a partition in numbers. */
export function ColumnProfiles({
  asset,
  partition,
}: {
  readonly asset: string
  readonly partition: string
}) {
  const { data } = useDocument<ProfileDocument>(
    formatPath(formatAssetPath(asset, "/profile"), { partition }),
  )
  if (data === undefined || data.asset !== asset || data.partition !== partition) return null
  const size = `${formatQuantity(data.columns.length, "column")} of ${formatQuantity(data.rows, "row")}`
  return (
    <details className={classes["profile"]} open={data.columns.length <= maxOpenColumns}>
      <summary>
        <span className="strong">Columns in numbers</span> <span className="faint">{size}</span>
      </summary>
      <div className="scroll" tabIndex={0} role="region" aria-label="Columns in numbers">
        <Table columns={createColumns(data)} rows={data.columns} getKey={({ name }) => name} />
      </div>
    </details>
  )
}

function createColumns({
  rows,
  is_estimated: isEstimated,
}: ProfileDocument): readonly Column<ColumnProfile>[] {
  return [
    { head: "Column", className: "nowrap", tone: "strong", cell: ({ name }) => name },
    {
      head: "Type",
      className: "nowrap not-narrow",
      tone: "quiet",
      cell: ({ type }) => type.toLowerCase(),
    },
    {
      head: "Null",
      className: "num",
      cell: ({ nulls }) =>
        nulls === 0 ? "" : `${formatCount(nulls)} (${formatShare(nulls, rows)})`,
    },
    {
      head: "Distinct",
      className: "num",
      cell: ({ distinct }) => `${isEstimated ? "≈ " : ""}${formatCount(distinct)}`,
    },
    {
      head: "Smallest",
      className: "nowrap",
      tone: "quiet",
      cell: ({ minimum }) => shorten(minimum),
    },
    {
      head: "Largest",
      className: "nowrap",
      tone: "quiet",
      cell: ({ maximum }) => shorten(maximum),
    },
  ]
}

/** Formats a share; one that is not zero never reads as 0 %. */
function formatShare(part: number, whole: number): string {
  const percent = (100 * part) / whole
  return percent < 0.1 ? "< 0.1 %" : `${percent.toFixed(1)} %`
}

const shownCharacters = 40

function shorten(text: string | null): string {
  if (text === null) return ""
  return text.length <= shownCharacters ? text : `${text.slice(0, shownCharacters)}…`
}
