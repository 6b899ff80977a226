import { formatCount, formatDuration } from "@freshet/core/engine"
import { Link } from "@tanstack/react-router"

import type {
  AssetDetailDocument,
  RunDetailDocument,
  RunListDocument,
} from "../../api/documents.ts"
import { useDocument, useDocuments } from "../../api/use-document.ts"
import { formatTime } from "../../format.ts"
import { Empty, Skeleton } from "../../ui/layout.tsx"
import { State } from "../../ui/state.tsx"
import { getStepState } from "../run/step-words.ts"
import { formatRunTitle } from "../runs/run-words.ts"

const readRuns = 12

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
    <table>
      <thead>
        <tr>
          <th>Outcome</th>
          <th>Partition</th>
          <th>Run</th>
          <th className="num">Rows</th>
          <th className="num">Took</th>
          <th className="num">Started</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ run, step }) => (
          <tr key={`${run.id} ${step.partition} ${step.outcome}`}>
            <td>
              <State state={getStepState(step.outcome)}>{step.outcome.replace("_", " ")}</State>
            </td>
            <td className="nowrap">{step.partition}</td>
            <td>
              <Link to="/runs/$run" params={{ run: run.id }}>
                {formatRunTitle(run.command)}
              </Link>
            </td>
            <td className="num">{formatCount(step.rows)}</td>
            <td className="num quiet">{formatDuration(step.ms)}</td>
            <td className="num quiet">{formatTime(step.started_at, run.now)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
