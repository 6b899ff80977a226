import { itself, noRows, publishTo, sql, sqlAsset, unique } from "@freshet/core"
import { columnsFromTable } from "@freshet/schema"

import { reportOptions, publicationSet } from "./asset-options.ts"
import { genres, movieGenres } from "./film-labels.ts"
import { moreThanOneRow } from "./films.ts"
import { filmRatings, ratings } from "./ratings.ts"
import { roundHalfUp, fromHundredths, fromTenThousandths } from "./rounding.ts"
import { popularGenres as popularGenresTable } from "./tables.ts"

export const popularGenres = sqlAsset({
  ...reportOptions,
  name: "popular_genres",
  description:
    "Genres by number of ratings of their films. A film with several genres counts for each of them, so the shares add up to more than 100 %. Ties are ordered by id.",
  report: { title: "The genres most popular with users", period: ["rated_from", "rated_to"] },
  columns: columnsFromTable(popularGenresTable, {
    rank: "Rank by number of ratings, from 1.",
    genre_id: "TMDB id of the genre.",
    genre: "Name of the genre.",
    ratings: ["Ratings of films of the genre.", "ratings"],
    share_of_ratings: ["Share of all ratings with a known film.", "%"],
    users: ["Users who rated films of the genre.", "users"],
    films: ["Rated films of the genre.", "films"],
    average_rating: ["Average of these ratings.", "stars"],
    rated_from: "Day of the first rating.",
    rated_to: "Day of the latest rating.",
  }),
  query: sql`
    with counted as (
      select genre_id, sum(ratings)::bigint as ratings, sum(rating_tenths)::bigint as rating_tenths,
        count(*)::integer as films, min(rated_from) as rated_from, max(rated_to) as rated_to
      from ${filmRatings} as films
      join ${movieGenres} as kinds on kinds.movie_id = films.movie_id
      group by genre_id
    ), watched as (
      select genre_id, count(distinct user_id)::integer as users
      from ${ratings} as ratings
      join ${movieGenres} as kinds on kinds.movie_id = ratings.movie_id
      group by genre_id
    ), total as (select sum(ratings)::bigint as ratings from ${filmRatings})
    select row_number() over (order by counted.ratings desc, genre_id)::integer as rank,
      genre_id, genres.name as genre, counted.ratings::integer as ratings,
      ${fromHundredths(roundHalfUp(sql`counted.ratings * 10000`, sql`total.ratings`))}::decimal(5,2)
        as share_of_ratings,
      watched.users, counted.films,
      ${fromTenThousandths(roundHalfUp(sql`counted.rating_tenths * 1000`, sql`counted.ratings`))}::decimal(6,4)
        as average_rating,
      counted.rated_from, counted.rated_to
    from counted
    join watched using (genre_id)
    join ${genres} as genres using (genre_id)
    cross join total
    order by rank`,
  checks: [
    unique("genre_id"),
    unique("rank"),
    moreThanOneRow,
    noRows("ratings_add_up", {
      description: "each rating is counted once per genre of its film",
      query: sql`
        select found.ratings, expected.ratings as expected
        from (select sum(ratings)::bigint as ratings from ${itself}) as found,
          (select count(*)::bigint as ratings from ${ratings} as ratings
           join ${movieGenres} as kinds on kinds.movie_id = ratings.movie_id) as expected
        where found.ratings <> expected.ratings`,
    }),
  ],
  publish: publishTo(popularGenresTable, publicationSet),
})
