import { formatQuantity } from "@freshet/core/engine"
import { Link } from "@tanstack/react-router"

import type {
  AttentionDocument,
  ScheduleListDocument,
  StatusDocument,
} from "../../api/documents.ts"
import { toProblems } from "../../api/fetch-document.ts"
import { useDocument } from "../../api/use-document.ts"
import { countStates } from "../../asset-state.ts"
import { formatAge } from "../../format.ts"
import { CodeBlock, Empty, Problems, Skeleton, Split } from "../../ui/layout.tsx"
import { DueSoon, State, StateBar } from "../../ui/state.tsx"
import { describeNextTick } from "../schedules/schedule-words.ts"
import { useTitle } from "../use-title.ts"
import { Causes } from "./causes.tsx"
import { describeProject } from "./sentence.ts"
import { TodayAside } from "./today-aside.tsx"
import { WeekStrip } from "./week-strip.tsx"

import classes from "./today.module.css"

/** Answers if everything is fresh, and if not, why and how to fix it. */
export function TodayPage() {
  useTitle("Today")
  const { data: status, error } = useDocument<StatusDocument>("/api/status")
  const { data: attention } = useDocument<AttentionDocument>("/api/attention")
  if (status === undefined)
    return error === null ? <Skeleton /> : <Problems problems={toProblems(error)} />
  if (status.summary.assets === 0) return <NoAssets />
  return (
    <>
      <Summary status={status} attention={attention} />
      <Split aside={<TodayAside status={status} />}>
        {attention === undefined ? (
          <Skeleton />
        ) : (
          <Causes causes={attention.causes} status={status} />
        )}
        {status.landing.is_empty ? <NoFiles status={status} /> : null}
        <WeekStrip status={status} />
      </Split>
    </>
  )
}

function Summary({
  status,
  attention,
}: {
  readonly status: StatusDocument
  readonly attention: AttentionDocument | undefined
}) {
  const { summary, assets } = status
  const counts = countStates(assets)
  const { data: schedules } = useDocument<ScheduleListDocument>("/api/schedules")
  const nextTick = schedules === undefined ? undefined : describeNextTick(schedules)
  return (
    <div className={classes["summary"]}>
      <h1 className={classes["sentence"]}>{describeProject(summary, attention?.causes ?? [])}</h1>
      <p className="quiet">
        {[nextTick, describePublications(status)].filter(Boolean).join(". ")}.
      </p>
      <StateBar counts={counts} height={10} />
      <div className={classes["legend"]}>
        {counts.map(([state, count]) => (
          <Link key={state} to="/catalog" search={{ state }}>
            <State state={state}>
              <b>{count}</b> {state}
            </State>
          </Link>
        ))}
        {summary.due_soon === 0 ? null : (
          <Link to="/catalog" search={{ state: "due_soon" }} className="push">
            <DueSoon>
              <b>{summary.due_soon}</b> due soon
            </DueSoon>
          </Link>
        )}
        {summary.overdue === 0 ? null : (
          <Link
            to="/catalog"
            search={{ state: "overdue" }}
            className={summary.due_soon === 0 ? "push" : ""}
          >
            <State state="overdue">
              <b>{summary.overdue}</b> overdue
            </State>
          </Link>
        )}
      </div>
    </div>
  )
}

function describePublications({ publications, now }: StatusDocument): string {
  const newest = publications
    .map(({ published_at: at }) => at)
    .toSorted()
    .at(-1)
  if (newest === undefined) return "Nothing is published yet"
  return `Published tables last changed ${formatAge(newest, Date.parse(now))}`
}

const exampleAsset = `export const orders = sqlAsset({
  group: "shop",
  name: "orders",
  description: "Orders of one day.",
  partitions: daily({ start: "2026-01-01" }),
  columns: { id: int64("Order."), total: float64("Total in EUR.") },
  query: sql\`select id, total from \${ordersFile}\`,
})`

function NoAssets() {
  return (
    <Empty isPage title="No assets yet.">
      <p className="quiet">
        An asset is a query and the assets that it reads. Declare one and list it in
        freshet.config.ts:
      </p>
      <CodeBlock text={exampleAsset} label="Example of an asset" />
    </Empty>
  )
}

function NoFiles({ status: { landing } }: { readonly status: StatusDocument }) {
  const paths = landing.expected_paths.slice(0, 4)
  return (
    <Empty title="No file has landed.">
      <p className="quiet">
        Freshet reads files in {landing.folder}.{" "}
        {formatQuantity(landing.expected_paths.length, "path")}{" "}
        {landing.expected_paths.length === 1 ? "is" : "are"} expected:
      </p>
      <CodeBlock text={paths.join("\n")} label="Expected paths" />
    </Empty>
  )
}
