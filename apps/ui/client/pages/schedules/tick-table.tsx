import { Link } from "@tanstack/react-router"

import type { TickDocument } from "../../api/documents.ts"
import { formatTime } from "../../format.ts"
import { State } from "../../ui/state.tsx"
import { type Column, Table } from "../../ui/table.tsx"
import { describeTick } from "./schedule-words.ts"

import classes from "./schedules.module.css"

interface TicksProps {
  /** The newest first. */
  readonly ticks: readonly TickDocument[]
  readonly now: string
}

/** The states of the latest ticks in one line, the newest at the right. */
export function TickStrip({ ticks, now }: TicksProps) {
  const label = `Latest ticks: ${ticks.map((tick) => describeTick(tick)[1]).join(", ")}`
  return (
    <div className={classes["strip"]} role="img" aria-label={label}>
      {ticks.toReversed().map((tick) => {
        const [state, word] = describeTick(tick)
        const title = `${formatTime(tick.tick_at, now)}: ${word}`
        return <i key={tick.tick_at} data-bar={state} title={title} />
      })}
    </div>
  )
}

const listedTicks = 6

/** The latest ticks with their runs. */
export function TickTable({ ticks, now }: TicksProps) {
  return (
    <Table
      columns={createColumns(now)}
      rows={ticks.slice(0, listedTicks)}
      getKey={({ tick_at: at }) => at}
    />
  )
}

function createColumns(now: string): readonly Column<TickDocument>[] {
  return [
    {
      head: "Tick",
      className: `nowrap ${classes["time"]}`,
      cell: ({ tick_at: at }) => formatTime(at, now),
    },
    {
      head: "Outcome",
      className: classes["outcome"] ?? "",
      cell: (tick) => {
        const [state, word] = describeTick(tick)
        return <State state={state}>{word}</State>
      },
    },
    { head: "Run", cell: (tick) => <TickRun tick={tick} /> },
  ]
}

function TickRun({ tick: { run, message, state } }: { readonly tick: TickDocument }) {
  if (message !== null) return <span className="quiet">{message}</span>
  if (run === null)
    return (
      <span className="faint">
        {state === "nothing" ? "Everything was fresh." : "The run has not begun."}
      </span>
    )
  return (
    <Link to="/runs/$run" params={{ run }} className="link">
      {run}
    </Link>
  )
}
