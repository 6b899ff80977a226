import { itself, noRows, publishTo, rowCount, sql, sqlAsset, unique } from "@freshet/core"
import { columnsFromTable } from "@freshet/schema"

import { reportOptions, publicationSet } from "./asset-options.ts"
import { movies } from "./films.ts"
import { filmRatings } from "./ratings.ts"
import { roundHalfUp, fromTenThousandths } from "./rounding.ts"
import type { MoviesSettings } from "./settings.ts"
import { highestRatedFilms as highestRatedFilmsTable } from "./tables.ts"

const columns = columnsFromTable(highestRatedFilmsTable, {
  rank: "Rank by score, from 1.",
  movie_id: "TMDB id of the film.",
  title: "Title.",
  release_year: "Year of release.",
  ratings: ["Ratings of the film.", "ratings"],
  average_rating: ["Average rating.", "stars"],
  score: ["Score that decides the rank; see the definition.", "stars"],
  rated_from: "Day of the first rating.",
  rated_to: "Day of the latest rating.",
})

export function highestRatedFilms({ minimumRatings, highestRated }: MoviesSettings) {
  const average = roundHalfUp(sql`rating_tenths * 1000`, sql`ratings`)
  const score = roundHalfUp(
    sql`(rating_tenths::hugeint * all_ratings + ${minimumRatings} * all_tenths) * 1000`,
    sql`all_ratings * (ratings + ${minimumRatings})`,
  )
  return sqlAsset({
    ...reportOptions,
    name: "highest_rated_films",
    description: `The ${highestRated} films with the highest score among those with at least ${minimumRatings} ratings. The score is the average of the film's ratings and ${minimumRatings} additional ratings equal to the average of all ratings, so that a few ratings have little weight. Ties are ordered by number of ratings (descending), then by id.`,
    report: { title: "The highest rated films of all time", period: ["rated_from", "rated_to"] },
    columns,
    query: sql`
      with scored as (
        select movie_id, ratings, rated_from, rated_to, ${average} as average, ${score} as score
        from ${filmRatings} as films,
          (select sum(ratings)::hugeint as all_ratings, sum(rating_tenths)::hugeint as all_tenths
           from ${filmRatings}) as totals
        where ratings >= ${minimumRatings}
      ), ranked as (
        select *, row_number() over (order by score desc, ratings desc, movie_id)::integer as rank
        from scored
      )
      select ranked.rank, ranked.movie_id, movies.title,
        year(movies.release_date)::smallint as release_year, ranked.ratings,
        ${fromTenThousandths(sql`ranked.average`)}::decimal(6,4) as average_rating,
        ${fromTenThousandths(sql`ranked.score`)}::decimal(6,4) as score,
        ranked.rated_from, ranked.rated_to
      from ranked join ${movies} as movies on movies.movie_id = ranked.movie_id
      where ranked.rank <= ${highestRated}
      order by ranked.rank`,
    checks: [
      unique("movie_id"),
      unique("rank"),
      rowCount({ min: 1, max: highestRated }),
      noRows("enough_ratings", {
        description: `each film has at least ${minimumRatings} ratings`,
        query: sql`select movie_id, ratings from ${itself} where ratings < ${minimumRatings}`,
      }),
    ],
    publish: publishTo(highestRatedFilmsTable, publicationSet),
  })
}
