import {
  date,
  decimal,
  int32,
  int64,
  itself,
  noRows,
  nullable,
  publishTo,
  sql,
  sqlAsset,
  text,
  unique,
} from "@freshet/core"
import { columnsFromTable } from "@freshet/schema"

import { publishedOptions, intermediateOptions, publicationSet } from "./asset-options.ts"
import { moreThanOneRow, movies } from "./films.ts"
import { roundHalfUp, fromHundredths } from "./rounding.ts"
import { toBaseMonthDay, type MoviesSettings } from "./settings.ts"
import { priceIndexFile } from "./sources.ts"
import { cpi as cpiTable, moviesOutsideCpi as moviesOutsideCpiTable } from "./tables.ts"

export const cpi = sqlAsset({
  ...publishedOptions,
  name: "cpi",
  description:
    "Consumer price index of admission to movies, theaters and concerts in U.S. cities by month (series CUSR0000SS62031).",
  columns: columnsFromTable(cpiTable, {
    month: "First day of the month.",
    consumer_price_index: ["Price index, seasonally adjusted.", "December 1997 = 100"],
  }),
  query: sql`select month, consumer_price_index from ${priceIndexFile}`,
  checks: [
    unique("month"),
    moreThanOneRow,
    noRows("first_of_month", {
      description: "each month is given by its first day",
      query: sql`select month from ${itself} where month <> date_trunc('month', month)`,
    }),
    noRows("months_without_gaps", {
      description: "no month is missing between the first and the last",
      query: sql`
        select month, following
        from (select month, lead(month) over (order by month) as following from ${itself}) as months
        where following <> month + interval 1 month`,
    }),
    noRows("index_above_zero", {
      description: "the price index is above zero",
      query: sql`select month, consumer_price_index from ${itself} where consumer_price_index <= 0`,
    }),
  ],
  publish: publishTo(cpiTable, publicationSet),
})

const reasons =
  "no release date, before the index, after the index, or month not in the index; null if the revenue is adjusted."

/** Declares adjusted revenue = revenue × index of the base month / index of the month of release, rounded to the cent. */
export function filmRevenues(settings: MoviesSettings) {
  const base = sql`(select consumer_price_index from ${cpi} where month = ${toBaseMonthDay(settings)}::date)`
  const adjusted = roundHalfUp(
    sql`films.revenue::hugeint * 100 * (${base} * 1000)::bigint`,
    sql`(cpi.consumer_price_index * 1000)::bigint`,
  )
  return sqlAsset({
    ...intermediateOptions,
    name: "film_revenues",
    description: `Revenue of each film with a known revenue: nominal, and at the ticket prices of ${settings.baseMonth} (revenue × price index of ${settings.baseMonth} / price index of the month of release, rounded to the cent).`,
    columns: {
      movie_id: int32("TMDB id of the film."),
      title: nullable(text("Title.")),
      release_date: nullable(date("Release date.")),
      revenue: int64("Nominal revenue.", { unit: "USD" }),
      adjusted_revenue: nullable(
        decimal(20, 2, "Revenue at the prices of the base month.", {
          unit: `USD of ${settings.baseMonth}`,
        }),
      ),
      reason: nullable(text(`Reason why the revenue is not adjusted: ${reasons}`)),
    },
    query: sql`
      select films.movie_id, films.title, films.release_date, films.revenue,
        ${fromHundredths(adjusted)}::decimal(20,2) as adjusted_revenue,
        case when cpi.month is not null then null
          when films.release_date is null then 'no release date'
          when films.release_date < (select min(month) from ${cpi}) then 'before the index'
          when date_trunc('month', films.release_date) > (select max(month) from ${cpi})
            then 'after the index'
          else 'month not in the index' end as reason
      from ${movies} as films
      left join ${cpi} as cpi on cpi.month = date_trunc('month', films.release_date)
      where films.revenue > 0`,
    checks: [
      unique("movie_id"),
      moreThanOneRow,
      noRows("base_month_in_index", {
        description: `the price index has the base month ${settings.baseMonth}`,
        query: sql`
          select ${settings.baseMonth} as base_month, min(month) as index_from, max(month) as index_to
          from ${cpi} having count(*) filter (month = ${toBaseMonthDay(settings)}::date) = 0`,
      }),
      noRows("adjusted_or_reason", {
        description: "each film has an adjusted revenue or a reason why not",
        query: sql`select movie_id from ${itself} where (adjusted_revenue is null) = (reason is null)`,
      }),
    ],
  })
}

export function moviesOutsideCpi(revenues: ReturnType<typeof filmRevenues>) {
  return sqlAsset({
    ...publishedOptions,
    name: "movies_outside_cpi",
    description:
      "Films with a known revenue that cannot be converted to constant prices, because the price index does not have their month of release.",
    columns: columnsFromTable(moviesOutsideCpiTable, {
      movie_id: "TMDB id of the film.",
      title: "Title.",
      release_date: "Release date.",
      revenue: ["Nominal revenue.", "USD"],
      reason: "no release date, before the index, after the index, or month not in the index.",
    }),
    query: sql`
      select movie_id, title, release_date, revenue, reason
      from ${revenues} where adjusted_revenue is null`,
    checks: [unique("movie_id")],
    publish: publishTo(moviesOutsideCpiTable, publicationSet),
  })
}
