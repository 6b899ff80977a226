import type { ChartProps, FilmRows } from "./chart.ts"

import classes from "./films.module.css"

export const monthNames = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
]

interface ReleaseMonth {
  /** 1 to 12. */
  readonly number: number
  readonly films: number
  /** In million USD of the base month. */
  readonly mean: number
  readonly median: number
}

/** Selects the months with adjusted revenue from the rows of quarters and months. */
export function getMonths(rows: FilmRows): readonly ReleaseMonth[] {
  return rows.flatMap((row) => {
    if (row["period"] !== "month" || row["mean_adjusted"] === null) return []
    return [
      {
        number: Number(row["number"]),
        films: Number(row["adjusted_films"]),
        mean: Number(row["mean_adjusted"]) / 1e6,
        median: Number(row["median_adjusted"]) / 1e6,
      },
    ]
  })
}

/** Formats millions with one digit after the point. */
export function formatMillions(value: number): string {
  return value.toFixed(1)
}

/** The mean revenue by month of release as columns, with the median as a line. */
export function ReleaseMonths({ rows, unit }: ChartProps) {
  const months = getMonths(rows)
  const ticks = createTicks(
    Math.max(0, ...months.map(({ mean, median }) => Math.max(mean, median))),
  )
  const top = ticks.at(-1) ?? 1
  const best = Math.max(...months.map(({ mean }) => mean))
  return (
    <>
      <p className="quiet small">million {unit}</p>
      <div className={classes["months"]}>
        <div className={classes["scale"]} aria-hidden="true">
          {ticks.map((tick) => (
            <span key={tick} style={{ bottom: `${(100 * tick) / top}%` }}>
              {tick}
            </span>
          ))}
        </div>
        <ol>
          {monthNames.map((name, at) => (
            <MonthColumn
              key={name}
              name={name}
              month={months.find(({ number }) => number === at + 1)}
              top={top}
              best={best}
            />
          ))}
        </ol>
      </div>
    </>
  )
}

const fewestTicks = 3
const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]

/** Lists round values from 0 to at least `maximum`. */
function createTicks(maximum: number): readonly number[] {
  const step = steps.findLast((candidate) => maximum / candidate >= fewestTicks) ?? 1
  return Array.from({ length: Math.max(1, Math.ceil(maximum / step)) + 1 }, (_, at) => at * step)
}

function MonthColumn({
  name,
  month,
  top,
  best,
}: {
  readonly name: string
  readonly month: ReleaseMonth | undefined
  readonly top: number
  readonly best: number
}) {
  const place = (value: number) => `${((100 * value) / top).toFixed(2)}%`
  const text =
    month === undefined
      ? `${name}: no film`
      : `${name}: mean ${formatMillions(month.mean)}, median ${formatMillions(month.median)}, ${month.films} films`
  return (
    <li title={text}>
      <span className={classes["column"]} role="img" aria-label={text}>
        {month === undefined ? null : (
          <>
            <i
              className={month.mean === best ? classes["best"] : classes["mean"]}
              style={{ height: place(month.mean) }}
            />
            <i className={classes["median"]} style={{ bottom: place(month.median) }} />
            {month.mean === best ? (
              <b aria-hidden="true" style={{ bottom: place(month.mean) }}>
                {formatMillions(month.mean)}
              </b>
            ) : null}
          </>
        )}
      </span>
      <span className={`faint small ${classes["month"]}`} aria-hidden="true">
        <span>{name.slice(0, 1)}</span>
        <span className="not-narrow">{name.slice(1, 3)}</span>
      </span>
    </li>
  )
}
