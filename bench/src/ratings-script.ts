/**
 * Computes the datasets of the ratings as fast as one process with DuckDB can: ratings with their films, films with
 * their ratings, the highest rated films and the most popular genres.
 * Usage: ratings-script.js <landing> <catalogue> <out> <memory in MB> [checks]; the catalogue has a Parquet file each of
 * movies, genres and movie_genres. With "checks" it also asserts what Freshet's checks assert.
 */
import { mkdirSync } from "node:fs"
import { availableParallelism } from "node:os"
import { join } from "node:path"

import { DuckDBInstance } from "@duckdb/node-api"

import { ratingsDatasets } from "./ratings-datasets.ts"

const buildLinkedQuery = (landing: string) => `
  create temp table linked as
  select ratings.user_id, ratings.movielens_id, links.movielens_id as link, links.tmdb_id,
    movies.movie_id, ratings.rating, ratings.seconds
  from read_csv('${landing}/movies/ratings.csv', header = true, auto_detect = false, delim = ',',
    ignore_errors = true, columns = {
      user_id: 'INTEGER', movielens_id: 'INTEGER', rating: 'DECIMAL(2,1)', seconds: 'BIGINT'
    }) as ratings
  left join read_csv('${landing}/movies/links.csv', header = true, auto_detect = false, delim = ',',
    columns = {movielens_id: 'INTEGER', imdb_id: 'VARCHAR', tmdb_id: 'INTEGER'}) as links
    on links.movielens_id = ratings.movielens_id
  left join movies on movies.movie_id = links.tmdb_id
  where ratings.user_id > 0 and ratings.movielens_id > 0
    and ratings.seconds between 0 and 4102444799`

const roundHalfUp = (a: string, b: string) =>
  `((2 * (${a})::hugeint + (${b})) // (2 * (${b})::hugeint))`

const queries: Readonly<Record<string, string>> = {
  ratings: `
    select user_id, movielens_id, movie_id, rating, to_timestamp(seconds) as rated_at
    from linked where movie_id is not null`,
  ratings_without_film: `
    select movielens_id, count(*)::integer as ratings,
      case when any_value(link) is null then 'no link'
        when any_value(tmdb_id) is null then 'no number' else 'no film' end as reason
    from linked where movie_id is null group by movielens_id`,
  film_ratings: `
    select movie_id, count(*)::integer as ratings, (sum(rating) * 10)::bigint as rating_tenths,
      min(rated_at)::date as rated_from, max(rated_at)::date as rated_to
    from ratings group by movie_id`,
  highest_rated_films: `
    with scored as (
      select *, ${roundHalfUp("rating_tenths * 1000", "ratings")} as average,
        ${roundHalfUp("(rating_tenths::hugeint * all_ratings + 50 * all_tenths) * 1000", "all_ratings * (ratings + 50)")} as score
      from film_ratings, (
        select sum(ratings)::hugeint as all_ratings, sum(rating_tenths)::hugeint as all_tenths
        from film_ratings
      ) where ratings >= 50
    ), ranked as (
      select *, row_number() over (order by score desc, ratings desc, movie_id)::integer as rank
      from scored
    )
    select rank, movie_id, title, year(release_date)::smallint as release_year, ratings,
      (average::decimal(30,0) * 0.0001)::decimal(6,4) as average_rating,
      (score::decimal(30,0) * 0.0001)::decimal(6,4) as score, rated_from, rated_to
    from ranked join movies using (movie_id) where rank <= 250 order by rank`,
  popular_genres: `
    with counted as (
      select genre_id, sum(ratings)::bigint as ratings, sum(rating_tenths)::bigint as tenths,
        count(*)::integer as films, min(rated_from) as rated_from, max(rated_to) as rated_to
      from film_ratings join movie_genres using (movie_id) group by genre_id
    ), watched as (
      select genre_id, count(distinct user_id)::integer as users
      from ratings join movie_genres using (movie_id) group by genre_id
    ), total as (select sum(ratings)::bigint as all_ratings from film_ratings)
    select row_number() over (order by ratings desc, genre_id)::integer as rank, genre_id,
      name as genre, ratings::integer as ratings,
      (${roundHalfUp("ratings * 10000", "all_ratings")}::decimal(30,0) * 0.01)::decimal(5,2) as share_of_ratings,
      users, films,
      (${roundHalfUp("tenths * 1000", "ratings")}::decimal(30,0) * 0.0001)::decimal(6,4) as average_rating,
      rated_from, rated_to
    from counted join watched using (genre_id) join genres using (genre_id), total order by rank`,
}

/** Assertions: each query finds no row. */
const checks: readonly string[] = [
  "select 1 from ratings group by user_id, movielens_id having count(*) > 1",
  "select 1 from ratings where movie_id not in (select movie_id from movies)",
  "select 1 from ratings where rating not between 0.5 and 5 or (rating * 10)::integer % 5 <> 0",
  `select 1 where (select count(*) from ratings) * 100
    < 99 * ((select count(*) from ratings) + (select coalesce(sum(ratings), 0) from ratings_without_film))`,
  "select 1 from film_ratings group by movie_id having count(*) > 1",
  `select 1 where (select sum(ratings) from popular_genres)
    <> (select count(*) from ratings join movie_genres using (movie_id))`,
]

async function main([
  landing = "",
  catalogue = "",
  out = "",
  memory = "",
  mode = "",
]: readonly string[]) {
  mkdirSync(out, { recursive: true })
  const instance = await DuckDBInstance.create(":memory:", {
    threads: String(availableParallelism()),
    memory_limit: `${memory}MB`,
    temp_directory: join(out, "spill"),
  })
  const connection = await instance.connect()
  await connection.run("set TimeZone = 'UTC'")
  for (const name of ["movies", "genres", "movie_genres"])
    await connection.run(`create temp view ${name} as from '${catalogue}/${name}.parquet'`)
  await connection.run(buildLinkedQuery(landing))
  for (const name of ratingsDatasets) {
    mkdirSync(join(out, name), { recursive: true })
    const file = join(out, name, "all.parquet")
    await connection.run(`copy (${queries[name] ?? ""}) to '${file}'
      (format parquet, compression zstd, compression_level 1)`)
    await connection.run(`create temp view ${name} as from '${file}'`)
    if (name === "ratings_without_film") await connection.run("drop table linked")
  }
  for (const check of mode === "checks" ? checks : []) {
    const result = await connection.runAndReadAll(`select count(*)::double from (${check})`)
    if (result.getRowsJson()[0]?.[0] !== 0) throw new Error(`rows are wrong: ${check}`)
  }
  connection.closeSync()
  instance.closeSync()
}

await main(process.argv.slice(2))
