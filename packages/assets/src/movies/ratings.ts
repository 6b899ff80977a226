import {
  date,
  int32,
  int64,
  itself,
  noRows,
  publishTo,
  refersTo,
  sql,
  sqlAsset,
  sqlAssets,
  unique,
} from "@freshet/core"
import { columnsFromTable } from "@freshet/schema"

import { publishedOptions, intermediateOptions, publicationSet } from "./asset-options.ts"
import { moreThanOneRow, movies } from "./films.ts"
import { linksFile, ratingsFile } from "./sources.ts"
import { ratings as ratingsTable, ratingsWithoutFilm as ratingsWithoutFilmTable } from "./tables.ts"

/** Minimum share of ratings with a known film, in percent. */
const minSharePercent = 99

const linkedRatings = sqlAssets({
  ...publishedOptions,
  name: "linked_ratings",
  outputs: {
    ratings: {
      description:
        "Ratings of films by users. Links map the film ids of MovieLens to those of TMDB.",
      columns: columnsFromTable(ratingsTable, {
        user_id: "User who rated.",
        movielens_id: "MovieLens id of the film.",
        movie_id: "TMDB id of the film.",
        rating: ["Rating, 0.5 to 5 in steps of a half.", "stars"],
        rated_at: "Time of the rating.",
      }),
      query: sql`
        select ratings.user_id, ratings.movielens_id, movies.movie_id, ratings.rating,
          to_timestamp(ratings.rated_at_seconds) as rated_at
        from ${ratingsFile} as ratings
        join ${linksFile} as links on links.movielens_id = ratings.movielens_id
        join ${movies} as movies on movies.movie_id = links.movie_id`,
      checks: [
        unique("user_id", "movielens_id"),
        moreThanOneRow,
        refersTo("movie_id", movies),
        noRows("half_stars", {
          description: "ratings between 0.5 and 5, in steps of a half",
          query: sql`
            select rating, count(*) as rows from ${itself}
            where rating not between 0.5 and 5 or (rating * 10)::integer % 5 <> 0
            group by rating`,
        }),
      ],
      publish: publishTo(ratingsTable, publicationSet),
    },
    ratings_without_film: {
      description: "Ratings without a known film, and the reason; no other asset counts them.",
      columns: columnsFromTable(ratingsWithoutFilmTable, {
        movielens_id: "MovieLens id of the film.",
        ratings: ["Ratings of the film.", "ratings"],
        reason:
          "no link: the film is not in the links; no number: the link has no TMDB id; no film: the film is not in movies.",
      }),
      query: sql`
        select rated.movielens_id, rated.ratings,
          case when links.movielens_id is null then 'no link'
            when links.movie_id is null then 'no number' else 'no film' end as reason
        from (
          select movielens_id, count(*)::integer as ratings
          from ${ratingsFile} group by movielens_id
        ) as rated
        left join ${linksFile} as links on links.movielens_id = rated.movielens_id
        left join ${movies} as movies on movies.movie_id = links.movie_id
        where movies.movie_id is null`,
      checks: [unique("movielens_id")],
      publish: publishTo(ratingsWithoutFilmTable, publicationSet),
    },
  },
})

export const ratingsWithoutFilm = linkedRatings.ratings_without_film

/** Adds a check that reads another output of the same computation: it can be declared only once both outputs are. */
export const ratings = {
  ...linkedRatings.ratings,
  checks: [
    ...linkedRatings.ratings.checks,
    noRows("share_with_film", {
      description: `at least ${minSharePercent} % of the ratings have a known film`,
      query: sql`
        select with_film, without_film
        from (select count(*) as with_film from ${itself}) as found,
          (select coalesce(sum(ratings), 0) as without_film from ${ratingsWithoutFilm}) as lost
        where 100 * with_film < ${minSharePercent} * (with_film + without_film)`,
    }),
  ],
}

export const filmRatings = sqlAsset({
  ...intermediateOptions,
  name: "film_ratings",
  description: "Number and sum of the ratings of each film.",
  columns: {
    movie_id: int32("TMDB id of the film."),
    ratings: int32("Ratings of the film.", { unit: "ratings" }),
    rating_tenths: int64("Sum of the ratings.", { unit: "tenths of a star" }),
    rated_from: date("Day of the first rating."),
    rated_to: date("Day of the latest rating."),
  },
  query: sql`
    select movie_id, count(*)::integer as ratings, (sum(rating) * 10)::bigint as rating_tenths,
      min(rated_at)::date as rated_from, max(rated_at)::date as rated_to
    from ${ratings} group by movie_id`,
  checks: [unique("movie_id"), refersTo("movie_id", movies)],
})
