import { getRouteApi, Link } from "@tanstack/react-router"

import type { AssetDetailDocument } from "../../api/documents.ts"
import { type Column, Table } from "../../ui/table.tsx"
import { ColumnLineage } from "./column-lineage.tsx"

const route = getRouteApi("/assets/$asset")

function createColumns(asset: string): readonly Column<AssetDetailDocument["columns"][number]>[] {
  return [
    {
      head: "Column",
      className: "nowrap",
      tone: "mono strong",
      cell: ({ name }) => (
        <Link
          to="/assets/$asset"
          params={{ asset }}
          search={{ tab: "columns", column: name }}
          resetScroll={false}
          className="link"
        >
          {name}
        </Link>
      ),
    },
    { head: "Type", className: "nowrap", tone: "mono quiet", cell: ({ type }) => type },
    { head: "Unit", tone: "quiet", cell: ({ unit }) => unit },
    { head: "Null", tone: "quiet", cell: ({ nullable }) => (nullable ? "allowed" : "never") },
    { head: "Description", cell: ({ description }) => description },
  ]
}

/** The data dictionary of an asset, and the lineage of the selected column. */
export function ColumnsTab({ asset }: { readonly asset: AssetDetailDocument }) {
  const { column: selectedName } = route.useSearch()
  const selected = asset.columns.find(({ name }) => name === selectedName) ?? asset.columns[0]
  return (
    <>
      <div
        className="scroll"
        tabIndex={0}
        role="region"
        aria-label="Columns"
        style={{ marginBottom: "var(--s6)" }}
      >
        <Table
          columns={createColumns(asset.name)}
          rows={asset.columns}
          getKey={({ name }) => name}
          getAttributes={(column) =>
            column === selected ? { style: { background: "var(--bg-selected)" } } : {}
          }
        />
      </div>
      {selected === undefined ? null : <ColumnLineage asset={asset.name} column={selected.name} />}
    </>
  )
}
