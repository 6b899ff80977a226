import { formatCount, formatDuration, formatQuantity } from "@freshet/core/engine"
import { getRouteApi, Link } from "@tanstack/react-router"
import { useState } from "react"

import type { RunDetailDocument } from "../../api/documents.ts"
import { postAction, toProblems } from "../../api/fetch-document.ts"
import { useLive } from "../../api/live.ts"
import { useDocument, useSession } from "../../api/use-document.ts"
import { capitalize, formatTime } from "../../format.ts"
import { useNow } from "../../shell/connection.tsx"
import { Button, CommandText } from "../../ui/controls.tsx"
import { noteClass, Problems, Section, Skeleton } from "../../ui/layout.tsx"
import { StateBadge, StateBar } from "../../ui/state.tsx"
import { type Column, Table } from "../../ui/table.tsx"
import { PlanDialog } from "../plan/plan-dialog.tsx"
import { formatRunTitle, getRunState } from "../runs/run-words.ts"
import { useTitle } from "../use-title.ts"
import { Gantt } from "./gantt.tsx"
import { RunLog } from "./run-log.tsx"
import { RunMatrix } from "./run-matrix.tsx"
import { StepTable } from "./step-table.tsx"
import { WaitingSteps } from "./waiting-steps.tsx"

import assetClasses from "../asset/asset.module.css"
import classes from "./run.module.css"

const route = getRouteApi("/runs/$run")

/** Shows one run: its outcome and cause, progress, times of its steps, and publications. */
export function RunPage() {
  const { run: id } = route.useParams()
  const { data: run, error } = useDocument<RunDetailDocument>(`/api/runs/${encodeURIComponent(id)}`)
  useTitle(run === undefined ? "Run" : formatRunTitle(run.command))
  if (run === undefined || !run.id.startsWith(id))
    return error === null ? <Skeleton /> : <Problems problems={toProblems(error)} />
  return (
    <>
      <RunHead run={run} />
      <RunNumbers run={run} />
      <Failures run={run} />
      <RunMatrix run={run} />
      <WaitingSteps run={run} />
      <Gantt run={run} />
      <Publications run={run} />
      <RunLog run={run} />
      <StepTable run={run} />
    </>
  )
}

function RunHead({ run }: { readonly run: RunDetailDocument }) {
  const { id, command, kind, outcome, requested_at: requestedAt, started_at: startedAt, now } = run
  const [isRetrying, setIsRetrying] = useState(false)
  const canAct = useSession()?.role === "operator"
  const flag = useSession()?.command_flag
  const unfinished = run.steps - run.materialized - run.unchanged
  return (
    <>
      <p className={assetClasses["crumb"]}>
        <Link to="/runs">Runs</Link> / {id}
      </p>
      <div className={assetClasses["head"]}>
        <div className="stack">
          <h1>{capitalize(formatRunTitle(command))}</h1>
          <p className="row">
            <StateBadge state={getRunState(outcome)}>{outcome}</StateBadge>
            <span className="quiet">
              {kind}, started {formatTime(startedAt, now)}
              {formatQueueTime(requestedAt, startedAt)}
            </span>
            <CommandText
              command={flag === null || flag === undefined ? command : `${command} ${flag}`}
            />
          </p>
        </div>
        <div className={assetClasses["actions"]}>
          {outcome === "running" && canAct ? (
            <CancelButton id={id} isRequested={run.cancel_requested_at !== null} />
          ) : null}
          {outcome === "running" || outcome === "succeeded" || !canAct ? null : (
            <Button look="primary" onClick={() => setIsRetrying(true)}>
              Retry {formatQuantity(unfinished, "step")}…
            </Button>
          )}
        </div>
      </div>
      {isRetrying ? (
        <PlanDialog
          title={`Retry ${id}`}
          subtitle="The partitions of the run that are not fresh, with their stale upstreams."
          initialTarget={{ kind: "retry", run: id, publish: true }}
          onClose={() => setIsRetrying(false)}
        />
      ) : null}
    </>
  )
}

function formatQueueTime(requestedAt: string | null, startedAt: string): string {
  if (requestedAt === null) return ""
  return ` after ${formatDuration(Date.parse(startedAt) - Date.parse(requestedAt))} in the queue`
}

function CancelButton({ id, isRequested }: { readonly id: string; readonly isRequested: boolean }) {
  const [isSent, setIsSent] = useState(isRequested)
  const cancel = () => {
    setIsSent(true)
    postAction(`/api/runs/${id}/cancel`).catch(() => setIsSent(false))
  }
  return (
    <Button look="danger" disabled={isSent} onClick={cancel}>
      {isSent ? "Cancel requested…" : "Cancel"}
    </Button>
  )
}

function RunNumbers({ run }: { readonly run: RunDetailDocument }) {
  const nowMs = useNow(500)
  const { runningSteps } = useLive()
  const running = [...runningSteps.values()].filter((step) => step.run === run.id).length
  const endMs = run.ended_at === null ? nowMs : Date.parse(run.ended_at)
  const ended = run.step_rows.length
  const rows = run.step_rows.reduce((sum, step) => sum + step.rows, 0)
  return (
    <>
      <div className={classes["numbers"]}>
        <div>
          <b>
            {formatCount(ended)} of {formatCount(Math.max(run.steps, ended))}
          </b>
          <span className="quiet">steps</span>
        </div>
        <div>
          <b>{formatDuration(endMs - Date.parse(run.started_at))}</b>
          <span className="quiet">{run.ended_at === null ? "so far" : "total"}</span>
        </div>
        <div>
          <b>{formatCount(rows)}</b>
          <span className="quiet">rows</span>
        </div>
        <div>
          <b>{formatCount(run.failed)}</b>
          <span className="quiet">failed</span>
        </div>
      </div>
      {run.outcome === "running" ? (
        <Section title="Progress" detail={`${running} running`}>
          <StateBar
            height={10}
            counts={[
              ["failed", run.failed],
              ["fresh", ended - run.failed],
              ["running", running],
              ["queued", Math.max(0, run.steps - ended - running)],
            ]}
          />
        </Section>
      ) : null}
    </>
  )
}

function Failures({ run: { step_rows: steps } }: { readonly run: RunDetailDocument }) {
  const failures = steps.filter(
    ({ outcome }) => outcome === "failed" || outcome === "checks_failed",
  )
  const blocked = steps.filter(({ outcome }) => outcome === "skipped")
  if (failures.length === 0) return null
  return (
    <Section
      title="Cause"
      detail={`${formatQuantity(failures.length, "failed step")}, ${blocked.length} blocked`}
    >
      <div className="stack">
        {failures.slice(0, 10).map((step) => (
          <div
            key={`${step.computation} ${step.partition}`}
            className={noteClass}
            data-state="failed"
          >
            <p className="strong">
              <Link
                to="/assets/$asset"
                params={{ asset: step.outputs[0] ?? step.computation }}
                search={{ tab: "checks" }}
              >
                {step.computation} {step.partition}
              </Link>
            </p>
            <p className="quiet" style={{ whiteSpace: "pre-wrap" }}>
              {step.message}
            </p>
          </div>
        ))}
        {blocked.length === 0 ? null : (
          <p className="quiet">
            Nothing that depends on a failed step was materialized or published.
          </p>
        )}
      </div>
    </Section>
  )
}

const publicationColumns: readonly Column<RunDetailDocument["publications"][number]>[] = [
  { head: "Set", tone: "strong", cell: ({ set }) => set },
  { head: "Partition", cell: ({ partition }) => partition },
  { head: "Inserted", className: "num", cell: ({ inserted }) => formatCount(inserted) },
  { head: "Updated", className: "num", cell: ({ updated }) => formatCount(updated) },
  { head: "Deleted", className: "num", cell: ({ deleted }) => formatCount(deleted) },
]

function Publications({ run: { publications } }: { readonly run: RunDetailDocument }) {
  if (publications.length === 0) return null
  return (
    <Section title="Published" detail={formatQuantity(publications.length, "set")}>
      <Table columns={publicationColumns} rows={publications} getKey={({ set }) => set} />
    </Section>
  )
}
