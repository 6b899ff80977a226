import { formatCount, formatDuration, formatQuantity } from "@freshet/core/engine"
import { Link } from "@tanstack/react-router"

import type { RunListDocument, RunRow } from "../../api/documents.ts"
import { toProblems } from "../../api/fetch-document.ts"
import { useLive } from "../../api/live.ts"
import { useDocument } from "../../api/use-document.ts"
import { formatTime } from "../../format.ts"
import { CodeBlock, Empty, Problems, Section, Skeleton } from "../../ui/layout.tsx"
import { State, StateBar } from "../../ui/state.tsx"
import { type Column, Table } from "../../ui/table.tsx"
import { useTitle } from "../use-title.ts"
import { formatRunTitle, getRunState } from "./run-words.ts"

import classes from "./runs.module.css"

/** Lists the runs, the newest first, and the requests that are queued. */
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
  return <Table columns={createColumns(now)} rows={runs} getKey={({ id }) => id} />
}

function createColumns(now: string): readonly Column<RunRow>[] {
  return [
    {
      head: "Outcome",
      cell: ({ outcome }) => <State state={getRunState(outcome)}>{outcome}</State>,
    },
    {
      head: "Run",
      cell: ({ id, command }) => (
        <Link to="/runs/$run" params={{ run: id }} className="strong">
          {formatRunTitle(command)}
        </Link>
      ),
    },
    { head: "Steps", className: classes["bar"] ?? "", cell: (run) => <StepBar run={run} /> },
    {
      head: "Materialized",
      className: "num",
      cell: ({ materialized, unchanged, steps }) =>
        `${formatCount(materialized)} of ${formatCount(steps - unchanged)}`,
    },
    {
      head: "Failed",
      className: "num not-narrow",
      tone: "quiet",
      cell: ({ failed }) => (failed === 0 ? "" : formatCount(failed)),
    },
    {
      head: "Took",
      className: "num not-narrow",
      tone: "quiet",
      cell: ({ started_at: startedAt, ended_at: endedAt }) =>
        formatDuration(Date.parse(endedAt ?? now) - Date.parse(startedAt)),
    },
    {
      head: "Started",
      className: "num not-narrow",
      tone: "quiet",
      cell: ({ started_at: startedAt }) => formatTime(startedAt, now),
    },
  ]
}

function StepBar({ run: { steps, materialized, unchanged, failed } }: { readonly run: RunRow }) {
  return (
    <StateBar
      counts={[
        ["fresh", materialized + unchanged],
        ["failed", failed],
        ["queued", Math.max(0, steps - materialized - unchanged - failed)],
      ]}
    />
  )
}
