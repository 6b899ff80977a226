import { formatQuantity } from "@freshet/core/engine"
import { getRouteApi, useNavigate } from "@tanstack/react-router"
import { useState } from "react"

import type {
  AssetDetailDocument,
  PartitionsDocument,
  QuarantineDocument,
  RowsDocument,
} from "../../api/documents.ts"
import { toProblems } from "../../api/fetch-document.ts"
import { formatAssetPath, formatPath, useDocument } from "../../api/use-document.ts"
import { Field, inputClass } from "../../ui/controls.tsx"
import { Empty, Problems, Section, Skeleton } from "../../ui/layout.tsx"
import { Provenance } from "../provenance/provenance.tsx"
import { RowTable } from "../row-table.tsx"
import { ColumnProfiles } from "./column-profile.tsx"
import { ComparePicker } from "./compare-picker.tsx"
import { DiffView } from "./diff-view.tsx"

import classes from "./diff.module.css"

const route = getRouteApi("/assets/$asset")
const [rowLimit, partitionLimit] = [200, 400] as const

/** The first rows of a partition, and the quarantined lines of a source. */
export function RowsTab({ asset }: { readonly asset: AssetDetailDocument }) {
  const { name } = asset
  const { partition, compare } = route.useSearch()
  const { data, error } = useDocument<RowsDocument>(
    formatPath(formatAssetPath(name, "/rows"), { partition, limit: rowLimit }),
  )
  const rows = data?.asset === name ? data : undefined
  return (
    <>
      <div className={classes["pickers"]}>
        <PartitionPicker asset={asset} current={rows?.partition ?? partition} />
        <ComparePicker asset={asset} current={rows?.partition ?? partition} compare={compare} />
      </div>
      {compare !== undefined ? (
        <DiffView asset={name} partition={partition} compare={compare} />
      ) : error !== null ? (
        <Problems problems={toProblems(error)} />
      ) : rows === undefined ? (
        <Skeleton />
      ) : (
        <>
          <ColumnProfiles asset={name} partition={rows.partition} />
          <Section
            title={asset.partition_noun === null ? "Rows" : `Rows of ${rows.partition}`}
            detail={
              rows.more ? `first ${rows.rows.length}` : formatQuantity(rows.rows.length, "row")
            }
          >
            {rows.rows.length === 0 ? (
              <Empty title="No rows." />
            ) : (
              <TracedRows
                key={`${name} ${rows.partition}`}
                document={rows}
                isSource={asset.kind === "source"}
              />
            )}
          </Section>
        </>
      )}
      {asset.kind === "source" ? <Quarantine name={name} /> : null}
    </>
  )
}

/** Rows of which one can be selected, to show the landed lines that made it. A row of a source is a landed line itself. */
function TracedRows({
  document: { asset, partition, columns, rows },
  isSource,
}: {
  readonly document: RowsDocument
  readonly isSource: boolean
}) {
  const [row, setRow] = useState<RowsDocument["rows"][number]>()
  const table = { label: `Rows of ${asset}`, columns, rows }
  if (isSource) return <RowTable {...table} />
  return (
    <>
      <RowTable {...table} selection={{ row, onSelect: setRow }} />
      {row === undefined ? null : (
        <Provenance key={rows.indexOf(row)} reference={{ asset, partition, row }} isInitiallyOpen />
      )}
    </>
  )
}

function PartitionPicker({
  asset,
  current,
}: {
  readonly asset: AssetDetailDocument
  readonly current: string | undefined
}) {
  const navigate = useNavigate()
  const { data } = useDocument<PartitionsDocument>(
    formatPath(formatAssetPath(asset.name, "/partitions"), { limit: partitionLimit }),
  )
  if (data === undefined || data.asset !== asset.name || data.kind === "none") return null
  return (
    <Field label="Partition">
      <select
        className={inputClass}
        value={current ?? ""}
        onChange={({ target }) =>
          void navigate({
            to: "/assets/$asset",
            params: { asset: asset.name },
            search: { tab: "rows", partition: target.value },
          })
        }
      >
        {data.partitions.map(({ key, state, rows }) => (
          <option key={key} value={key} disabled={asset.kind !== "source" && rows === null}>
            {key}, {state}
          </option>
        ))}
      </select>
    </Field>
  )
}

function Quarantine({ name }: { readonly name: string }) {
  const { data } = useDocument<QuarantineDocument>(
    formatPath(formatAssetPath(name, "/quarantine"), { limit: rowLimit }),
  )
  if (data === undefined || data.source !== name) return null
  return (
    <Section
      title="Quarantine"
      detail={
        data.lines.length === 0
          ? "empty"
          : `${data.more ? "first " : ""}${formatQuantity(data.lines.length, "line")}`
      }
    >
      {data.lines.length === 0 ? (
        <p className="quiet">Every line of the landed files was read.</p>
      ) : (
        <RowTable label="Quarantined lines" rows={data.lines} />
      )}
    </Section>
  )
}
