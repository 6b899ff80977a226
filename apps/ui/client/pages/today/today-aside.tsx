import { formatDuration, formatQuantity } from "@freshet/core/engine"
import { Link } from "@tanstack/react-router"

import type { RunListDocument, ScheduleListDocument, StatusDocument } from "../../api/documents.ts"
import { useLive } from "../../api/live.ts"
import { useDocument } from "../../api/use-document.ts"
import { getShownState } from "../../asset-state.ts"
import { formatShortTime } from "../../format.ts"
import { useNow } from "../../shell/connection.tsx"
import { belowClass, listClass, Section } from "../../ui/layout.tsx"
import { contentStates, type StateName } from "../../ui/state-names.ts"
import { pulseClass, StateIcon } from "../../ui/state.tsx"
import { formatRunTitle, getRunState } from "../runs/run-words.ts"
import { describeSchedule } from "../schedules/schedule-words.ts"
import { usePublishedSets } from "./published-sets.ts"

const listedRuns = 5

/** The column beside the causes: running, published, the latest runs. */
export function TodayAside({ status }: { readonly status: StatusDocument }) {
  const { data: list } = useDocument<RunListDocument>("/api/runs?limit=20")
  return (
    <>
      <RunningNow list={list} />
      <NextTicks />
      <Published status={status} />
      <Section title="Last runs" extra={<Link to="/runs">All runs</Link>}>
        {list?.runs.length === 0 ? <p className="faint">Nothing has run yet.</p> : null}
        <ul className={listClass}>
          {list?.runs.slice(0, listedRuns).map((run) => (
            <li key={run.id}>
              <StateIcon state={getRunState(run.outcome)} />
              <Link to="/runs/$run" params={{ run: run.id }} className="strong">
                {formatRunTitle(run.command)}
              </Link>
              <span className="quiet">{formatShortTime(run.started_at, list.now)}</span>
              <span className={belowClass}>
                {run.materialized + run.unchanged} of {formatQuantity(run.steps, "step")}
                {run.failed === 0 ? "" : `, ${run.failed} failed`}
                {run.ended_at === null
                  ? ""
                  : ` · ${formatDuration(Date.parse(run.ended_at) - Date.parse(run.started_at))}`}
              </span>
            </li>
          ))}
        </ul>
      </Section>
    </>
  )
}

function RunningNow({ list }: { readonly list: RunListDocument | undefined }) {
  const { requests, runningSteps } = useLive()
  const nowMs = useNow(500)
  const waiting = [...requests.values()].filter(({ state }) => state === "queued")
  const runs = (list?.runs ?? []).filter(({ outcome }) => outcome === "running")
  const isIdle = waiting.length + runs.length + runningSteps.size === 0
  return (
    <Section title="Running now">
      {isIdle ? <p className="faint">Nothing is running.</p> : null}
      <ul className={listClass}>
        {runs.map((run) => (
          <li key={run.id}>
            <span className={pulseClass}>
              <StateIcon state="running" />
            </span>
            <Link to="/runs/$run" params={{ run: run.id }} className="strong">
              {formatRunTitle(run.command)}
            </Link>
            <span className="quiet">{formatDuration(nowMs - Date.parse(run.started_at))}</span>
            {[...runningSteps.values()]
              .filter((step) => step.run === run.id)
              .map(({ step, computation, partition }) => (
                <span key={step} className={belowClass}>
                  {computation} {partition}
                </span>
              ))}
          </li>
        ))}
        {waiting.map(({ request, command }) => (
          <li key={request}>
            <StateIcon state="queued" />
            <span>{formatRunTitle(command)}</span>
            <span className="quiet">queued</span>
          </li>
        ))}
      </ul>
    </Section>
  )
}

/** The schedules with their next ticks, or with what they wait for. */
function NextTicks() {
  const { data: list } = useDocument<ScheduleListDocument>("/api/schedules")
  if (list === undefined || list.schedules.length === 0) return null
  return (
    <Section title="Next ticks" extra={<Link to="/schedules">Schedules</Link>}>
      <ul className={listClass}>
        {list.schedules.map((schedule) => {
          const { name, next_tick_at: at, automation } = schedule
          const [state, word] = describeSchedule(schedule)
          return (
            <li key={name}>
              <StateIcon state={state} />
              <span className="strong">{name}</span>
              <span className="quiet">
                {at === null ? word : `in ${formatDuration(Date.parse(at) - Date.parse(list.now))}`}
              </span>
              <span className={belowClass}>
                <code>{automation}</code>
              </span>
            </li>
          )
        })}
      </ul>
    </Section>
  )
}

function Published({ status }: { readonly status: StatusDocument }) {
  const sets = usePublishedSets(status)
  const states = new Map(status.assets.map((asset) => [asset.name, getShownState(asset)]))
  return (
    <Section title="Published">
      {sets.length === 0 ? <p className="faint">Nothing is published yet.</p> : null}
      <ul className={listClass}>
        {sets.map(({ set, partition, publishedAt, assets }) => (
          <li key={set}>
            <StateIcon state={findWorst(assets.map((name) => states.get(name) ?? "fresh"))} />
            <span className="strong">{set}</span>
            <span className="quiet">{partition}</span>
            <span className={belowClass}>
              {formatQuantity(assets.length, "table")} · {formatShortTime(publishedAt, status.now)}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  )
}

function findWorst(states: readonly StateName[]): StateName {
  return contentStates.find((state) => states.includes(state)) ?? "fresh"
}
