import { formatCount, formatDuration, formatQuantity } from "@freshet/core/engine"
import { Link } from "@tanstack/react-router"

import type { RunListDocument, RunRow } from "../../api/documents.ts"
import { toProblems } from "../../api/fetch-document.ts"
import { useLive } from "../../api/live.ts"
import { useDocument } from "../../api/use-document.ts"
import { formatTime } from "../../format.ts"
import { CodeBlock, Empty, Problems, Section, Skeleton } from "../../ui/layout.tsx"
import { State, StateBar } from "../../ui/state.tsx"
import { useTitle } from "../use-title.ts"
import { formatRunTitle, getRunState } from "./run-words.ts"

import classes from "./runs.module.css"

/** Lists the runs, the newest first, and the requests that wait for the run lock. */
export function RunsPage() {
  useTitle("Runs")
  const { data: list, error } = useDocument<RunListDocument>("/api/runs?limit=200")
  if (list === undefined)
    return error === null ? <Skeleton /> : <Problems problems={toProblems(error)} />
  return (
    <>
      <h1 className={classes["title"]}>Runs</h1>
      <Waiting />
      {list.runs.length === 0 ? <NoRuns /> : <RunTable list={list} />}
    </>
  )
}

function Waiting() {
  const requests = [...useLive().requests.values()].filter(({ state }) => state !== "ended")
  const waiting = requests.filter(({ state, run }) => state === "rejected" || run === null)
  if (waiting.length === 0) return null
  return (
    <Section title="Requests" detail={formatQuantity(waiting.length, "request")}>
      {waiting.map(({ request, state, command, problems }) => (
        <p key={request} className="row">
          <State state={state === "rejected" ? "failed" : "queued"}>
            {state === "rejected" ? "rejected" : "queued"}
          </State>
          <code>{command}</code>
          <span className="quiet">{problems.map(({ message }) => message).join(" ")}</span>
        </p>
      ))}
    </Section>
  )
}

function NoRuns() {
  return (
    <Empty title="No runs yet.">
      <p className="quiet">Nothing was materialized. This command materializes everything:</p>
      <CodeBlock text="freshet materialize" label="Command" />
    </Empty>
  )
}

function RunTable({ list: { runs, now } }: { readonly list: RunListDocument }) {
  return (
    <table>
      <thead>
        <tr>
          <th>Outcome</th>
          <th>Run</th>
          <th>Steps</th>
          <th className="num">Materialized</th>
          <th className="num not-narrow">Failed</th>
          <th className="num not-narrow">Took</th>
          <th className="num not-narrow">Started</th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <RunTableRow key={run.id} run={run} now={now} />
        ))}
      </tbody>
    </table>
  )
}

function RunTableRow({ run, now }: { readonly run: RunRow; readonly now: string }) {
  const { id, outcome, steps, materialized, failed, started_at: startedAt, ended_at: endedAt } = run
  const endMs = Date.parse(endedAt ?? now)
  return (
    <tr>
      <td>
        <State state={getRunState(outcome)}>{outcome}</State>
      </td>
      <td>
        <Link to="/runs/$run" params={{ run: id }} className="strong">
          {formatRunTitle(run.command)}
        </Link>
      </td>
      <td className={classes["bar"]}>
        <StateBar
          counts={[
            ["fresh", materialized],
            ["failed", failed],
            ["queued", Math.max(0, steps - materialized - failed)],
          ]}
        />
      </td>
      <td className="num">
        {formatCount(materialized)} of {formatCount(steps)}
      </td>
      <td className="num quiet not-narrow">{failed === 0 ? "" : formatCount(failed)}</td>
      <td className="num quiet not-narrow">{formatDuration(endMs - Date.parse(startedAt))}</td>
      <td className="num quiet not-narrow">{formatTime(startedAt, now)}</td>
    </tr>
  )
}
