import type { AssetDetailDocument } from "../../api/documents.ts"
import { type Column, Table } from "../../ui/table.tsx"

const columns: readonly Column<AssetDetailDocument["columns"][number]>[] = [
  { head: "Column", className: "nowrap", tone: "mono strong", cell: ({ name }) => name },
  { head: "Type", className: "nowrap", tone: "mono quiet", cell: ({ type }) => type },
  { head: "Unit", tone: "quiet", cell: ({ unit }) => unit },
  { head: "Null", tone: "quiet", cell: ({ nullable }) => (nullable ? "allowed" : "never") },
  { head: "Description", cell: ({ description }) => description },
]

/** The data dictionary of an asset. */
export function ColumnsTab({ asset }: { readonly asset: AssetDetailDocument }) {
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="Columns">
      <Table columns={columns} rows={asset.columns} getKey={({ name }) => name} />
    </div>
  )
}
