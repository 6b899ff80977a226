import { formatCount, formatQuantity } from "@freshet/core/engine"

import type { DiffDocument } from "../../api/documents.ts"
import { toProblems } from "../../api/fetch-document.ts"
import { formatAssetPath, formatPath, useDocument } from "../../api/use-document.ts"
import { formatTime } from "../../format.ts"
import { CommandText } from "../../ui/controls.tsx"
import { Empty, Problems, Section, Skeleton } from "../../ui/layout.tsx"
import { DiffTable } from "./diff-table.tsx"

import classes from "./diff.module.css"

interface DiffViewProps {
  readonly asset: string
  readonly partition: string | undefined
  /** `version:12` or `partition:2026-01-05`. */
  readonly compare: string
}

const rowLimit = 90

/** Shows the difference of two partitions or versions: counts, changed columns, and rows by key. */
export function DiffView({ asset, partition, compare }: DiffViewProps) {
  const [kind, value] = [compare.split(":")[0], compare.slice(compare.indexOf(":") + 1)]
  const side = kind === "version" ? { from_version: value } : { from: value }
  const { data: diff, error } = useDocument<DiffDocument>(
    formatPath(formatAssetPath(asset, "/diff"), { ...side, to: partition, limit: rowLimit }),
  )
  if (error !== null) return <Problems problems={toProblems(error)} />
  if (diff === undefined || diff.asset !== asset) return <Skeleton />
  return (
    <Section title={describeSides(diff)} detail={`by ${describeKey(diff)}`}>
      <Counts diff={diff} />
      <ChangedColumns diff={diff} />
      {diff.rows.length === 0 ? (
        <Empty title="The rows are equal." />
      ) : (
        <>
          <DiffTable diff={diff} />
          {diff.more ? <p className="quiet">The first rows of each kind.</p> : null}
        </>
      )}
      <CommandText command={formatCommand(diff)} />
    </Section>
  )
}

function describeSides({ from, to }: DiffDocument): string {
  if (from.partition !== to.partition) return `${from.partition} → ${to.partition}`
  const format = (at: string | null) =>
    at === null ? "" : formatTime(at, to.materialized_at ?? "")
  return `${to.partition}: ${format(from.materialized_at)} → ${format(to.materialized_at)}`
}

function describeKey({ key, columns }: DiffDocument): string {
  return key.length === columns.length ? "whole rows" : key.join(", ")
}

function formatCommand({ asset, from, to }: DiffDocument): string {
  const isSamePartition = from.partition === to.partition
  const side = isSamePartition ? `--from-version ${from.version}` : `--from ${from.partition}`
  return `freshet data diff ${asset} ${side} --to ${to.partition}`
}

function Counts({ diff: { added, removed, changed, unchanged } }: { readonly diff: DiffDocument }) {
  const counts = [
    ["added", "+", added],
    ["removed", "−", removed],
    ["changed", "~", changed],
    ["unchanged", "=", unchanged],
  ] as const
  return (
    <dl className={classes["counts"]}>
      {counts.map(([kind, sign, count]) => (
        <div key={kind} data-kind={count === 0 ? undefined : kind}>
          <dt>
            <span aria-hidden="true">{sign}</span> {kind}
          </dt>
          <dd>{formatCount(count)}</dd>
        </div>
      ))}
    </dl>
  )
}

/** Lists the columns that differ, and those that only one side has. */
function ChangedColumns({ diff: { columns } }: { readonly diff: DiffDocument }) {
  const entries = columns.flatMap((column) => {
    const note = describeColumn(column)
    return note === undefined ? [] : [{ name: column.name, note }]
  })
  if (entries.length === 0) return null
  return (
    <ul className={classes["columns"]} aria-label="Different columns">
      {entries.map(({ name, note }) => (
        <li key={name}>
          <code>{name}</code> <span className="quiet">{note}</span>
        </li>
      ))}
    </ul>
  )
}

function describeColumn({ state, changed }: DiffDocument["columns"][number]): string | undefined {
  if (state === "missing_from") return "only in the later version"
  if (state === "missing_to") return "only in the earlier version"
  return changed === 0 ? undefined : `${formatQuantity(changed, "row")} changed`
}
