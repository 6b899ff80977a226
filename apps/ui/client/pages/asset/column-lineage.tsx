import { formatQuantity } from "@freshet/core/engine"
import { Link } from "@tanstack/react-router"

import type { ColumnLineageDocument } from "../../api/documents.ts"
import { toProblems } from "../../api/fetch-document.ts"
import { formatAssetPath, useDocument } from "../../api/use-document.ts"
import { Problems, Section, Skeleton } from "../../ui/layout.tsx"
import { type Column, Table } from "../../ui/table.tsx"

type Source = ColumnLineageDocument["sources"][number]
type Reader = ColumnLineageDocument["readers"][number]

/** The columns from which a column comes, and the assets that change with it. */
export function ColumnLineage({
  asset,
  column,
}: {
  readonly asset: string
  readonly column: string
}) {
  const path = formatAssetPath(asset, `/columns/${encodeURIComponent(column)}/lineage`)
  const { data: lineage, error } = useDocument<ColumnLineageDocument>(path)
  if (error !== null) return <Problems problems={toProblems(error)} />
  if (lineage === undefined || lineage.asset !== asset) return <Skeleton />
  return (
    <>
      <Sources lineage={lineage} />
      <Readers lineage={lineage} />
    </>
  )
}

function Sources({ lineage }: { readonly lineage: ColumnLineageDocument }) {
  const { asset, column, sources, row_sources: rowSources, traced } = lineage
  const assets = new Set(sources.map((source) => source.asset)).size
  return (
    <Section
      title={`Where ${asset}.${column} comes from`}
      detail={
        sources.length === 0
          ? undefined
          : `${formatQuantity(sources.length, "column")} of ${formatQuantity(assets, "asset")}`
      }
    >
      {traced ? null : (
        <p className="quiet">
          TypeScript code computes it, so it may come from every column that the code reads.
        </p>
      )}
      {sources.length === 0 ? (
        <p className="faint">No upstream column: it is landed, counted or constant.</p>
      ) : (
        <Table
          columns={sourceColumns}
          rows={sources}
          getKey={(source) => `${source.asset} ${source.column}`}
        />
      )}
      {rowSources.length === 0 ? null : (
        <p className="quiet" style={{ marginTop: "var(--s3)" }}>
          Which rows exist is decided by{" "}
          {rowSources.map((source, at) => (
            <span key={`${source.asset} ${source.column}`}>
              {at === 0 ? "" : ", "}
              <ColumnLink asset={source.asset} column={source.column} />
            </span>
          ))}
          .
        </p>
      )}
    </Section>
  )
}

function ColumnLink({ asset, column }: { readonly asset: string; readonly column: string }) {
  return (
    <Link
      to="/assets/$asset"
      params={{ asset }}
      search={{ tab: "columns", column }}
      className="link mono"
    >
      {asset}.{column}
    </Link>
  )
}

const sourceColumns: readonly Column<Source>[] = [
  {
    head: "Column",
    className: "nowrap",
    cell: ({ asset, column }) => <ColumnLink asset={asset} column={column} />,
  },
  { head: "How", tone: "quiet", cell: ({ kind }) => kind },
  {
    head: "Queries",
    className: "num",
    tone: "quiet",
    cell: ({ distance }) => distance,
  },
]

function Readers({
  lineage: { asset, column, readers },
}: {
  readonly lineage: ColumnLineageDocument
}) {
  const directCount = readers.filter(({ distance }) => distance === 1).length
  const published = readers.filter((reader) => reader.published !== null).length
  return (
    <Section
      title={`What breaks without ${asset}.${column}`}
      detail={
        readers.length === 0
          ? undefined
          : `${formatQuantity(directCount, "query", "queries")} read it; ${formatQuantity(readers.length, "asset")}, ${published} of them published, change with it`
      }
    >
      {readers.length === 0 ? (
        <p className="faint">No query uses it.</p>
      ) : (
        <div className="scroll" tabIndex={0} role="region" aria-label="Assets that use the column">
          <Table columns={readerColumns} rows={readers} getKey={(reader) => reader.asset} />
        </div>
      )}
    </Section>
  )
}

const readerColumns: readonly Column<Reader>[] = [
  {
    head: "Asset",
    className: "nowrap",
    cell: ({ asset }) => (
      <Link to="/assets/$asset" params={{ asset }} search={{ tab: "columns" }} className="strong">
        {asset}
      </Link>
    ),
  },
  {
    head: "Columns",
    cell: ({ columns }) => (
      <span className="mono">{columns.map(({ name }) => name).join(", ")}</span>
    ),
  },
  {
    head: "How",
    className: "nowrap",
    tone: "quiet",
    cell: ({ columns, decides_rows: decidesRows }) =>
      [
        ...new Set([
          ...columns.map(({ kind }) => kind),
          ...(decidesRows ? ["decides which rows exist"] : []),
        ]),
      ].join(", "),
  },
  {
    head: "Published",
    className: "nowrap not-narrow",
    tone: "quiet",
    cell: ({ published }) => published ?? "",
  },
  { head: "Queries", className: "num", tone: "quiet", cell: ({ distance }) => distance },
]
