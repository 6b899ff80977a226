import { formatBytes, formatCount, formatQuantity } from "@freshet/core/engine"

import type { PlanDocument } from "../../api/documents.ts"
import { formatPrediction } from "../../format.ts"
import { type Column, Table } from "../../ui/table.tsx"
import { arrangePlan, type MatrixRow } from "./plan-matrix.ts"

import classes from "./plan.module.css"

/** The steps of a plan: which days of which assets run, and why. */
export function PlanTable({ plan }: { readonly plan: PlanDocument }) {
  const { days, rows } = arrangePlan(plan)
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="Steps of the plan">
      <Table columns={createColumns(plan, days)} rows={rows} getKey={({ name }) => name} />
    </div>
  )
}

function DayHeads({ days }: { readonly days: readonly string[] }) {
  return (
    <div className={classes["dots"]}>
      {days.map((day) => (
        <span key={day} className={classes["day"]} title={day}>
          {day.slice(8)}
        </span>
      ))}
    </div>
  )
}

function createColumns(plan: PlanDocument, days: readonly string[]): readonly Column<MatrixRow>[] {
  return [
    {
      head: formatQuantity(plan.step_count, "step"),
      className: "nowrap",
      tone: "strong",
      cell: ({ name }) => name,
    },
    {
      head: days.length === 0 ? "Partitions" : <DayHeads days={days} />,
      cell: (row) =>
        days.length === 0 || row.days.size === 0 ? (
          row.partitionsText
        ) : (
          <Days row={row} days={days} />
        ),
    },
    { head: "Because", tone: `quiet ${classes["reason"]}`, cell: ({ reason }) => reason },
    { head: "Steps", className: "num", cell: ({ steps }) => formatCount(steps) },
    {
      head: "Rows",
      className: "num not-narrow",
      tone: "quiet",
      cell: ({ rows }) => (rows === undefined ? "" : `≈ ${formatCount(rows)}`),
    },
    {
      head: "Work",
      className: "num not-narrow",
      tone: "quiet",
      cell: ({ ms }) => (ms === undefined ? "" : formatPrediction(ms)),
    },
  ]
}

function Days({ row, days }: { readonly row: MatrixRow; readonly days: readonly string[] }) {
  const list = (selectedDays: ReadonlySet<string>) => [...selectedDays].join(", ")
  const skipped = row.skippedDays.size === 0 ? "" : `; skipped: ${list(row.skippedDays)}`
  return (
    <div className={classes["dots"]} role="img" aria-label={`runs: ${list(row.days)}${skipped}`}>
      {days.map((day) => (
        <span
          key={day}
          title={`${row.name} ${day}`}
          className={
            row.days.has(day)
              ? classes["runs"]
              : row.skippedDays.has(day)
                ? classes["skipped"]
                : undefined
          }
        />
      ))}
    </div>
  )
}

/** The parts of a plan that are no steps: skipped, blocked, publications, and predicted size. */
export function PlanNotes({ plan }: { readonly plan: PlanDocument }) {
  const size = plan.predicted === null ? "" : `, about ${formatBytes(plan.predicted.bytes)}`
  return (
    <div className="stack">
      {plan.skipped.map(({ asset, partitions_text: text, status }) => (
        <p key={`${asset} ${text}`}>
          <span className="strong">Skipped</span>{" "}
          <span className="quiet">
            {asset} {text}: {status}.
          </span>
        </p>
      ))}
      {plan.blocked.map(({ computation, partitions_text: text, blocker }) => (
        <p key={`${computation} ${text}`}>
          <span className="strong">Blocked</span>{" "}
          <span className="quiet">
            {computation} {text}
            {blocker === null ? "" : `: ${blocker}`}.
          </span>
        </p>
      ))}
      {plan.publications.map(({ set, partition, assets, published }) => (
        <p key={`${set} ${partition}`}>
          <span className="strong">Publishes</span>{" "}
          <span className="quiet">
            {set} {partition} ({formatQuantity(assets.length, "table")}
            {size}); {published === null ? "not published yet" : `shows ${published} until then`}.
          </span>
        </p>
      ))}
      {plan.publications.length > 0 ? null : (
        <p className="quiet">Published tables do not change.</p>
      )}
    </div>
  )
}
