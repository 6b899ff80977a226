import { formatQuantity } from "@freshet/core/engine"
import { useMemo } from "react"

import type { RowCountsDocument } from "../../api/documents.ts"
import { useDocument } from "../../api/use-document.ts"
import { Sparkline } from "../../ui/sparkline.tsx"

/** The rows of the latest materializations of an asset, the oldest first. */
export type RowCounts = RowCountsDocument["assets"][number]["counts"]

/** Reads the latest numbers of rows of each asset that has several. */
export function useRowCounts(): ReadonlyMap<string, RowCounts> {
  const { data } = useDocument<RowCountsDocument>("/api/row-counts")
  return useMemo(() => new Map(data?.assets.map(({ name, counts }) => [name, counts])), [data])
}

/** The latest numbers of rows as a line. */
export function RowTrend({ counts }: { readonly counts: RowCounts }) {
  const [first, last] = [counts[0], counts.at(-1)]
  if (first === undefined || last === undefined) return null
  const describe = ({ rows, partition, materialized_at: at }: RowCounts[number]) =>
    `${formatQuantity(rows, "row")} ${first.partition === last.partition ? `at ${at}` : `on ${partition}`}`
  return (
    <Sparkline
      values={counts.map(({ rows }) => rows)}
      label={`${describe(first)}, ${describe(last)}`}
    />
  )
}
