import { type ChartProps, shownRows } from "./chart.ts"

import classes from "./films.module.css"

interface RatedFilm {
  readonly rank: number
  readonly title: string
  readonly year: string
  readonly ratings: number
  readonly average: number
  readonly score: number
}

/** The score and the average of each film on one axis: the distance is what few ratings cost. */
export function RatedFilms({ rows }: ChartProps) {
  const films = rows.slice(0, shownRows).map((row): RatedFilm => ({
    rank: Number(row["rank"]),
    title: String(row["title"]),
    year: String(row["release_year"]),
    ratings: Number(row["ratings"]),
    average: Number(row["average_rating"]),
    score: Number(row["score"]),
  }))
  const axis = createAxis(films.flatMap(({ average, score }) => [average, score]))
  return (
    <>
      <ol className={classes["rated"]}>
        <li className={classes["axis"]} aria-hidden="true">
          <span className={classes["track"]}>
            {axis.ticks.map((tick) => (
              <span key={tick} style={{ left: axis.place(tick) }}>
                {tick.toFixed(1)}
              </span>
            ))}
          </span>
          <span className="num">ratings</span>
        </li>
        {films.map((film) => (
          <FilmRow key={film.rank} film={film} axis={axis} />
        ))}
      </ol>
      <p className={`quiet small ${classes["legend"]}`}>
        <i className={classes["score"]} /> score <i className={classes["average"]} /> average
      </p>
    </>
  )
}

interface Axis {
  readonly ticks: readonly number[]
  readonly place: (value: number) => string
}

const tickStep = 0.2

/** Creates an axis that begins and ends at a tick. */
function createAxis(values: readonly number[]): Axis {
  const from = Math.floor(Math.min(...values) / tickStep)
  const to = Math.max(from + 1, Math.ceil(Math.max(...values) / tickStep))
  const ticks = Array.from({ length: to - from + 1 }, (_, at) => (from + at) * tickStep)
  return {
    ticks,
    place: (value) => `${((100 * (value / tickStep - from)) / (to - from)).toFixed(2)}%`,
  }
}

function FilmRow({
  film: { rank, title, year, ratings, average, score },
  axis,
}: {
  readonly film: RatedFilm
  readonly axis: Axis
}) {
  const values = `score ${score.toFixed(4)}, average ${average.toFixed(4)}, ${ratings} ratings`
  const [low, high] = [Math.min(score, average), Math.max(score, average)]
  return (
    <li title={values}>
      <span className="num faint">{rank}</span>
      <span className={classes["film"]}>
        <span className="strong">{title}</span> <span className="faint not-narrow">{year}</span>
      </span>
      <span className={classes["track"]} role="img" aria-label={values}>
        {axis.ticks.map((tick) => (
          <i key={tick} className={classes["grid"]} style={{ left: axis.place(tick) }} />
        ))}
        <i
          className={classes["stem"]}
          style={{ left: axis.place(low), width: `calc(${axis.place(high)} - ${axis.place(low)})` }}
        />
        <i className={classes["average"]} style={{ left: axis.place(average) }} />
        <i className={classes["score"]} style={{ left: axis.place(score) }} />
      </span>
      <span className="num quiet">{ratings}</span>
    </li>
  )
}
