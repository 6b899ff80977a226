import { formatCount, formatDuration } from "@freshet/core/engine"
import { Link } from "@tanstack/react-router"

import type {
  AssetDetailDocument,
  RunDetailDocument,
  RunListDocument,
  StepRow,
} from "../../api/documents.ts"
import { useDocument, useDocuments } from "../../api/use-document.ts"
import { formatTime } from "../../format.ts"
import { Empty, Skeleton } from "../../ui/layout.tsx"
import { State } from "../../ui/state.tsx"
import { type Column, Table } from "../../ui/table.tsx"
import { formatStepOutcome, getStepState } from "../run/step-words.ts"
import { formatRunTitle } from "../runs/run-words.ts"

const readRuns = 12

interface RunStep {
  readonly run: RunDetailDocument
  readonly step: StepRow
}

const columns: readonly Column<RunStep>[] = [
  {
    head: "Outcome",
    cell: ({ step: { outcome } }) => (
      <State state={getStepState(outcome)}>{formatStepOutcome(outcome)}</State>
    ),
  },
  { head: "Partition", className: "nowrap", cell: ({ step }) => step.partition },
  {
    head: "Run",
    cell: ({ run: { id, command } }) => (
      <Link to="/runs/$run" params={{ run: id }}>
        {formatRunTitle(command)}
      </Link>
    ),
  },
  { head: "Rows", className: "num", cell: ({ step }) => formatCount(step.rows) },
  { head: "Took", className: "num", tone: "quiet", cell: ({ step }) => formatDuration(step.ms) },
  {
    head: "Started",
    className: "num",
    tone: "quiet",
    cell: ({ run, step }) => formatTime(step.started_at, run.now),
  },
]

/** The latest runs that touched an asset. */
export function RunsTab({ asset: { name } }: { readonly asset: AssetDetailDocument }) {
  const { data: list } = useDocument<RunListDocument>(`/api/runs?limit=${readRuns}`)
  const paths = (list?.runs ?? []).map(({ id }) => `/api/runs/${id}`)
  const runs = useDocuments<RunDetailDocument>(paths).filter((run) => run !== undefined)
  if (list === undefined || runs.length < paths.length) return <Skeleton />
  const rows = runs.flatMap((run) =>
    run.step_rows.filter(({ outputs }) => outputs.includes(name)).map((step) => ({ run, step })),
  )
  if (rows.length === 0) return <Empty title="No recent run touched this asset." />
  return (
    <Table
      columns={columns}
      rows={rows}
      getKey={({ run, step }) => `${run.id} ${step.partition} ${step.outcome}`}
    />
  )
}
