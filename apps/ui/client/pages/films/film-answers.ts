import { formatCount, formatQuantity } from "@freshet/core/engine"
import type { ComponentType } from "react"

import { type ChartProps, type FilmRows, shownRows } from "./chart.ts"
import { EarningGenres, PopularGenres } from "./genre-bars.tsx"
import { RatedFilms } from "./rated-films.tsx"
import { formatMillions, getMonths, monthNames, ReleaseMonths } from "./release-months.tsx"

/** A question about films, the asset that answers it, and the chart that shows the answer. */
export interface FilmAnswer {
  readonly asset: string
  readonly question: string
  /** Formats the answer in a few words. */
  readonly title: (rows: FilmRows) => string
  /** The definition in one sentence; the description of the asset has all of it. */
  readonly definition: (unit: string) => string
  /** Says what the chart leaves out. */
  readonly note: (rows: FilmRows) => string
  readonly Chart: ComponentType<ChartProps>
}

/** The four questions about films. */
export const filmAnswers: readonly FilmAnswer[] = [
  {
    asset: "highest_rated_films",
    question: "Which films are rated highest?",
    definition: () =>
      "Score: the average pulled towards the mean of all ratings, so that few ratings weigh little.",
    title: ([best = {}]) =>
      `${String(best["title"])}, score ${Number(best["score"]).toFixed(2)} of 5`,
    note: (rows) => formatShare(rows.length, "film"),
    Chart: RatedFilms,
  },
  {
    asset: "popular_genres",
    question: "Which genres are most popular?",
    definition: () =>
      "A film of several genres counts for each, so the shares add up to more than 100 %.",
    title: ([best = {}]) =>
      `${String(best["genre"])}, ${Math.round(Number(best["share_of_ratings"]))} % of all ratings`,
    note: (rows) => formatShare(rows.length, "genre"),
    Chart: PopularGenres,
  },
  {
    asset: "box_office_by_release",
    question: "When do films earn most?",
    definition: (unit) => `Mean per film in ${unit}, by month of release; the line is the median.`,
    title: (rows) => {
      const months = getMonths(rows)
      const best = months.toSorted((first, second) => second.mean - first.mean)[0]
      if (best === undefined) return "No film has a release date and adjusted revenue."
      return `In ${monthNames[best.number - 1] ?? ""}: ${formatMillions(best.mean)} million USD on average`
    },
    note: (rows) => {
      const films = getMonths(rows).reduce((sum, month) => sum + month.films, 0)
      return formatQuantity(films, "film")
    },
    Chart: ReleaseMonths,
  },
  {
    asset: "genre_earnings",
    question: "Which genres earn most?",
    definition: (unit) => `Total in ${unit}. A film of several genres counts for each.`,
    title: ([best = {}]) =>
      `${String(best["genre"])}, ${formatCount(Number(best["total_adjusted"]) / 1e6)} million USD`,
    note: (rows) => {
      const outside = Number(rows[0]?.["films_outside"] ?? 0)
      const share = formatShare(rows.length, "genre")
      if (outside === 0) return share
      return `${share}; ${formatQuantity(outside, "film")} of the first are outside the price index`
    },
    Chart: EarningGenres,
  },
]

function formatShare(count: number, noun: string): string {
  return count <= shownRows ? formatQuantity(count, noun) : `${shownRows} of ${count} ${noun}s`
}
