import { itself, noRows, publishTo, sql, sqlAsset, unique } from "@freshet/core"
import { columnsFromTable } from "@freshet/schema"

import { reportOptions, publicationSet } from "./asset-options.ts"
import { genres, movieGenres } from "./film-labels.ts"
import { moreThanOneRow } from "./films.ts"
import type { filmRevenues } from "./prices.ts"
import { roundHalfUp, fromHundredths } from "./rounding.ts"
import type { MoviesSettings } from "./settings.ts"
import { genreEarnings as genreEarningsTable } from "./tables.ts"

function describeColumns(baseMonth: string) {
  return columnsFromTable(genreEarningsTable, {
    rank: "Rank by adjusted revenue, from 1.",
    genre_id: "TMDB id of the genre.",
    genre: "Name of the genre.",
    films: ["Films with adjusted revenue.", "films"],
    total_adjusted: ["Total adjusted revenue.", `USD of ${baseMonth}`],
    mean_adjusted: ["Mean adjusted revenue, to the cent.", `USD of ${baseMonth}`],
    total_revenue: ["Total nominal revenue of the same films.", "USD"],
    films_outside: ["Films with a known revenue that cannot be adjusted.", "films"],
    revenue_outside: ["Nominal revenue of the films that cannot be adjusted.", "USD"],
    released_from: "Release date of the first film with adjusted revenue.",
    released_to: "Release date of the latest one.",
  })
}

export function genreEarnings(
  { baseMonth }: MoviesSettings,
  revenues: ReturnType<typeof filmRevenues>,
) {
  return sqlAsset({
    ...reportOptions,
    name: "genre_earnings",
    description: `Genres by total revenue at the ticket prices of ${baseMonth}: revenue × price index of ${baseMonth} / price index of the month of release. A film with several genres counts for each of them. Films whose month of release is not in the price index are counted separately and listed in movies_outside_cpi. Ties are ordered by id.`,
    report: {
      title: "The highest earning genres at constant prices",
      period: ["released_from", "released_to"],
    },
    columns: describeColumns(baseMonth),
    query: sql`
      with earned as (
        select genre_id,
          count(adjusted_revenue)::integer as films,
          coalesce(sum((adjusted_revenue * 100)::hugeint), 0) as adjusted,
          coalesce(sum(revenue) filter (adjusted_revenue is not null), 0)::bigint as total_revenue,
          count(*) filter (adjusted_revenue is null)::integer as films_outside,
          coalesce(sum(revenue) filter (adjusted_revenue is null), 0)::bigint as revenue_outside,
          min(release_date) filter (adjusted_revenue is not null) as released_from,
          max(release_date) filter (adjusted_revenue is not null) as released_to
        from ${revenues} as films
        join ${movieGenres} as kinds on kinds.movie_id = films.movie_id
        group by genre_id
      )
      select row_number() over (order by adjusted desc, genre_id)::integer as rank,
        genre_id, genres.name as genre, films,
        ${fromHundredths(sql`adjusted`)}::decimal(20,2) as total_adjusted,
        ${fromHundredths(roundHalfUp(sql`adjusted`, sql`nullif(films, 0)`))}::decimal(20,2) as mean_adjusted,
        total_revenue, films_outside, revenue_outside, released_from, released_to
      from earned join ${genres} as genres using (genre_id)
      order by rank`,
    checks: [
      unique("genre_id"),
      unique("rank"),
      moreThanOneRow,
      noRows("films_add_up", {
        description: "each film with a known revenue is counted once per genre",
        query: sql`
          select found.films, expected.films as expected
          from (select sum(films + films_outside) as films from ${itself}) as found,
            (select count(*) as films from ${revenues} as films
             join ${movieGenres} as kinds on kinds.movie_id = films.movie_id) as expected
          where found.films <> expected.films`,
      }),
    ],
    publish: publishTo(genreEarningsTable, publicationSet),
  })
}
