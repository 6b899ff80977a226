import { formatBytes, formatCount, formatQuantity } from "@freshet/core/engine"
import { Link } from "@tanstack/react-router"
import { useState } from "react"

import type { AssetStorage } from "../../api/documents.ts"
import { Button } from "../../ui/controls.tsx"
import { Section } from "../../ui/layout.tsx"
import { type Column, Table } from "../../ui/table.tsx"

import classes from "./system.module.css"

const listedAssets = 12

/** The files of the lake by asset, the largest first. */
export function StorageTable({ storage }: { readonly storage: readonly AssetStorage[] }) {
  const [showsAll, setShowsAll] = useState(false)
  const sum = (field: "files" | "bytes") =>
    storage.reduce((total, asset) => total + asset[field], 0)
  const rows = showsAll ? storage : storage.slice(0, listedAssets)
  const largest = storage[0]?.bytes ?? 0
  return (
    <Section
      title="Lake"
      detail={`${formatBytes(sum("bytes"))} in ${formatQuantity(sum("files"), "file")} of ${formatQuantity(storage.length, "asset")}`}
    >
      {storage.length === 0 ? (
        <p className="faint">Nothing is materialized yet.</p>
      ) : (
        <Table columns={createColumns(largest)} rows={rows} getKey={({ asset }) => asset} />
      )}
      {rows.length < storage.length ? (
        <Button look="plain" onClick={() => setShowsAll(true)}>
          {formatQuantity(storage.length - rows.length, "smaller asset")}
        </Button>
      ) : null}
    </Section>
  )
}

function createColumns(largest: number): readonly Column<AssetStorage>[] {
  return [
    {
      head: "Asset",
      cell: ({ asset }) => (
        <Link to="/assets/$asset" params={{ asset }} className="strong">
          {asset}
        </Link>
      ),
    },
    {
      head: "Share",
      className: `not-narrow ${classes["share"]}`,
      cell: (storage) => <StorageBar storage={storage} largest={largest} />,
    },
    { head: "Size", className: "num", cell: ({ bytes }) => formatBytes(bytes) },
    {
      head: "Retained",
      className: "num not-narrow",
      tone: "quiet",
      cell: ({ bytes, newest_bytes: newest }) =>
        bytes === newest ? "" : formatBytes(bytes - newest),
    },
    { head: "Files", className: "num", tone: "quiet", cell: ({ files }) => formatCount(files) },
  ]
}

/** The newest rows and the retained earlier ones, as a share of the largest asset. */
function StorageBar({
  storage: { bytes, newest_bytes: newest },
  largest,
}: {
  readonly storage: AssetStorage
  readonly largest: number
}) {
  const share = (value: number) => `${((100 * value) / Math.max(1, largest)).toFixed(2)}%`
  return (
    <span className={classes["bar"]}>
      <i style={{ width: share(newest) }} className={classes["newest"]} />
      <i style={{ width: share(bytes - newest) }} className={classes["retained"]} />
    </span>
  )
}
