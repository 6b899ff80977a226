import { useState } from "react"

import type { PartitionRow } from "../../api/documents.ts"
import { addDays } from "../../days.ts"
import { Button } from "../../ui/controls.tsx"
import { Icon } from "../../ui/icons.tsx"

import classes from "./asset.module.css"

interface PartitionCalendarProps {
  /** Daily partitions in the order of time. */
  readonly rows: readonly PartitionRow[]
  readonly from: string | undefined
  readonly to: string | undefined
  readonly onSelect: (from: string, to: string) => void
}

const weekdays = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"] as const

/** One month of daily partitions. A click selects a day, a click with Shift the days up to it. */
export function PartitionCalendar({ rows, from, to, onSelect }: PartitionCalendarProps) {
  const [shift, setShift] = useState(0)
  const newest = to ?? rows.at(-1)?.key ?? "2000-01-01"
  const month = addMonths(newest.slice(0, 7), shift)
  const states = new Map(rows.map((row) => [row.key, row]))
  const days = listMonthDays(month)
  const firstWeekday = (new Date(`${month}-01T00:00:00Z`).getUTCDay() + 6) % 7
  return (
    <section aria-label={`Calendar of ${month}`}>
      <div className="row">
        <h2 className={classes["month"]}>{formatMonth(month)}</h2>
        <span className="push">
          <Button look="plain" aria-label="Previous month" onClick={() => setShift(shift - 1)}>
            <Icon name="previous" />
          </Button>
          <Button look="plain" aria-label="Next month" onClick={() => setShift(shift + 1)}>
            <Icon name="next" />
          </Button>
        </span>
      </div>
      <div className={classes["calendar"]}>
        {weekdays.map((weekday) => (
          <span key={weekday} className={classes["weekday"]}>
            {weekday}
          </span>
        ))}
        {days.map((day, at) => {
          const row = states.get(day)
          const style = at === 0 ? { gridColumnStart: firstWeekday + 1 } : undefined
          const number = Number(day.slice(8))
          if (row === undefined)
            return (
              <span key={day} className={classes["outside"]} style={style}>
                {number}
              </span>
            )
          return (
            <button
              key={day}
              type="button"
              style={style}
              data-state={row.state}
              aria-pressed={from !== undefined && to !== undefined && from <= day && day <= to}
              aria-label={`${day}: ${row.state}`}
              title={`${day}: ${row.state}`}
              onClick={({ shiftKey }) => {
                const [first, last] =
                  shiftKey && from !== undefined ? [from, day].toSorted() : [day, day]
                onSelect(first ?? day, last ?? day)
              }}
            >
              {number}
            </button>
          )
        })}
      </div>
    </section>
  )
}

function addMonths(month: string, count: number): string {
  const [year = 0, number = 1] = month.split("-").map(Number)
  return new Date(Date.UTC(year, number - 1 + count, 1)).toISOString().slice(0, 7)
}

function listMonthDays(month: string): readonly string[] {
  const first = `${month}-01`
  return Array.from({ length: 31 }, (_, at) => addDays(first, at)).filter((day) =>
    day.startsWith(month),
  )
}

function formatMonth(month: string): string {
  return new Date(`${month}-01T00:00:00Z`).toLocaleDateString("en-GB", {
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  })
}
