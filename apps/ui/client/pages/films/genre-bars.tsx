import { formatCount, formatQuantity } from "@freshet/core/engine"

import { type ChartProps, shownRows } from "./chart.ts"

import classes from "./films.module.css"

interface GenreBar {
  readonly genre: string
  readonly value: number
  readonly text: string
  readonly detail: string
}

/** The share of all ratings by genre. */
export function PopularGenres({ rows }: ChartProps) {
  const bars = rows.slice(0, shownRows).map((row): GenreBar => {
    const share = Number(row["share_of_ratings"])
    return {
      genre: String(row["genre"]),
      value: share,
      text: `${share.toFixed(2)} %`,
      detail: formatQuantity(Number(row["ratings"]), "rating"),
    }
  })
  return <GenreBars bars={bars} />
}

/** The adjusted revenue by genre. */
export function EarningGenres({ rows, unit }: ChartProps) {
  const bars = rows.slice(0, shownRows).map((row): GenreBar => {
    const total = Number(row["total_adjusted"])
    return {
      genre: String(row["genre"]),
      value: total,
      text: `${formatCount(total / 1e6)} M`,
      detail: formatQuantity(Number(row["films"]), "film"),
    }
  })
  return (
    <>
      <p className="quiet small">million {unit}</p>
      <GenreBars bars={bars} />
    </>
  )
}

/** Bars from the same origin; the first is in the accent. */
function GenreBars({ bars }: { readonly bars: readonly GenreBar[] }) {
  const largest = Math.max(0, ...bars.map(({ value }) => value))
  return (
    <ol className={classes["genres"]}>
      {bars.map(({ genre, value, text, detail }) => (
        <li key={genre}>
          <span className={`num ${classes["genre"]}`}>{genre}</span>
          <span className={classes["genreTrack"]}>
            <i
              style={{ flexBasis: `${largest === 0 ? 0 : ((55 * value) / largest).toFixed(2)}%` }}
            />
            <span className="nowrap">
              <span className="strong">{text}</span>{" "}
              <span className="faint small not-narrow">{detail}</span>
            </span>
          </span>
        </li>
      ))}
    </ol>
  )
}
