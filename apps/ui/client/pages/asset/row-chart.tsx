import { formatCount, formatQuantity } from "@freshet/core/engine"

import type { PartitionsDocument } from "../../api/documents.ts"
import { Section } from "../../ui/layout.tsx"

const [width, height, margin] = [320, 84, 22] as const

/** The number of rows of the latest materialized partitions. */
export function RowChart({
  partitions: { partitions, partition_noun: noun },
}: {
  readonly partitions: PartitionsDocument
}) {
  const points = partitions
    .flatMap(({ key, rows }) => (rows === null ? [] : [{ key, rows }]))
    .toReversed()
  const [first, last] = [points[0], points.at(-1)]
  if (points.length < 2 || first === undefined || last === undefined) return null
  const maximum = Math.max(...points.map(({ rows }) => rows))
  const minimum = Math.min(...points.map(({ rows }) => rows))
  const toX = (at: number) => margin / 2 + (at * (width - margin)) / (points.length - 1)
  const toY = (rows: number) =>
    height - margin - ((rows - minimum) / Math.max(1, maximum - minimum)) * (height - 2 * margin)
  const line = points.map(({ rows }, at) => `${toX(at)},${toY(rows)}`).join(" ")
  return (
    <Section title={`Rows by ${noun}`} detail={formatQuantity(points.length, "partition")}>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        width="100%"
        role="img"
        aria-label={`Rows from ${formatCount(first.rows)} on ${first.key} to ${formatCount(last.rows)} on ${last.key}`}
      >
        <polyline points={line} fill="none" stroke="var(--accent)" strokeWidth="1.5" />
        {points.map(({ key, rows }, at) => (
          <circle key={key} cx={toX(at)} cy={toY(rows)} r="2.5" fill="var(--accent)">
            <title>{`${key}: ${formatQuantity(rows, "row")}`}</title>
          </circle>
        ))}
        <g fill="var(--text-2)" fontSize="11">
          <text x={toX(0)} y={height - 4}>
            {first.key} · {formatCount(first.rows)}
          </text>
          <text x={toX(points.length - 1)} y={height - 4} textAnchor="end">
            {last.key} · {formatCount(last.rows)}
          </text>
        </g>
      </svg>
    </Section>
  )
}
