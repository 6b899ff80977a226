import { formatCount, formatQuantity } from "@freshet/core/engine"
import { Link } from "@tanstack/react-router"

import type { SystemDocument } from "../../api/documents.ts"
import { formatShortTime } from "../../format.ts"
import { Section } from "../../ui/layout.tsx"
import { type Column, Table } from "../../ui/table.tsx"

type PublishedTable = SystemDocument["published"][number]

/** The tables in PostgreSQL that publications write. */
export function PublishedTables({
  system: { published, now },
}: {
  readonly system: SystemDocument
}) {
  const rows = published.reduce((total, table) => total + table.rows, 0)
  return (
    <Section
      title="Published tables"
      detail={`${formatQuantity(rows, "row")} in ${formatQuantity(published.length, "table")}`}
    >
      {published.length === 0 ? (
        <p className="faint">Nothing is published yet.</p>
      ) : (
        <Table columns={createColumns(now)} rows={published} getKey={({ table }) => table} />
      )}
    </Section>
  )
}

function createColumns(now: string): readonly Column<PublishedTable>[] {
  return [
    { head: "Table", tone: "mono", cell: ({ table }) => table },
    {
      head: "Asset",
      className: "wide-only not-narrow",
      cell: ({ asset }) => (
        <Link to="/assets/$asset" params={{ asset }}>
          {asset}
        </Link>
      ),
    },
    { head: "Set", className: "not-narrow", tone: "quiet", cell: ({ set }) => set },
    { head: "Rows", className: "num", cell: ({ rows }) => formatCount(rows) },
    {
      head: "Changed",
      className: "num",
      tone: "quiet",
      cell: ({ published_at: at }) => formatShortTime(at, now),
    },
  ]
}
