import { formatQuantity } from "@freshet/core/engine"
import { Link } from "@tanstack/react-router"

import type { ScheduleDocument, ScheduleListDocument } from "../../api/documents.ts"
import { toProblems } from "../../api/fetch-document.ts"
import { useDocument } from "../../api/use-document.ts"
import { CodeBlock, Empty, Message, Problems, Section, Skeleton } from "../../ui/layout.tsx"
import { State } from "../../ui/state.tsx"
import { useTitle } from "../use-title.ts"
import { ScheduleActions } from "./schedule-actions.tsx"
import { describeSchedule, describeSchedules } from "./schedule-words.ts"
import { TickStrip, TickTable } from "./tick-table.tsx"

import classes from "./schedules.module.css"

/** Shows the schedules with their next and latest ticks, and why nothing runs. */
export function SchedulesPage() {
  useTitle("Schedules")
  const { data: list, error } = useDocument<ScheduleListDocument>("/api/schedules")
  if (list === undefined)
    return error === null ? <Skeleton /> : <Problems problems={toProblems(error)} />
  if (list.schedules.length === 0) return <NoSchedules />
  return (
    <>
      <h1 className={classes["title"]}>{describeSchedules(list)}</h1>
      <p className={`quiet ${classes["subtitle"]}`}>
        {formatQuantity(list.schedules.length, "schedule")}. <code>freshet serve</code> records a
        tick when it is due, and executes its run.
      </p>
      {list.schedules.map((schedule) => (
        <ScheduleSection key={schedule.name} schedule={schedule} now={list.now} />
      ))}
    </>
  )
}

function NoSchedules() {
  return (
    <Empty title="No schedules." isPage>
      <p className="quiet">
        No asset or group declares automation, so only commands and this page run anything. A
        schedule for a group is declared in freshet.config.ts:
      </p>
      <CodeBlock text={sample} label="A schedule" />
    </Empty>
  )
}

const sample = `automation: { stocktwits: schedule("0 6 * * *", { zone: "UTC" }) }`

function ScheduleSection({
  schedule,
  now,
}: {
  readonly schedule: ScheduleDocument
  readonly now: string
}) {
  const { name, automation, assets, ticks, idle_reason: reason } = schedule
  const [state, word] = describeSchedule(schedule)
  return (
    <Section
      title={name}
      detail={
        <>
          <code>{automation}</code> ·{" "}
          <Link to="/catalog" search={{ selection: name }} className="link">
            {formatQuantity(assets.length, "asset")}
          </Link>
        </>
      }
    >
      <div className={classes["reason"]}>
        <State state={state}>{word}</State>
        <div>
          <p>
            <Message text={reason.message} />
          </p>
          {reason.hint === null ? null : (
            <p className="quiet">
              <Message text={reason.hint} />
            </p>
          )}
        </div>
        <ScheduleActions schedule={schedule} />
      </div>
      {ticks.length === 0 ? (
        <p className="faint">It has had no tick yet.</p>
      ) : (
        <>
          {ticks.length === 1 ? null : <TickStrip ticks={ticks} now={now} />}
          <TickTable ticks={ticks} now={now} />
        </>
      )}
    </Section>
  )
}
