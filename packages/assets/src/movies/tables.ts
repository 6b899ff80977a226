import { bigint, boolean, date, doublePrecision, integer, numeric } from "drizzle-orm/pg-core"
import { pgSchema, primaryKey, smallint, text, timestamp, varchar } from "drizzle-orm/pg-core"

/** The Postgres schema of the published films, ratings and answers. */
export const moviesSchema = pgSchema("movies")

const timestamps = {
  created_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  updated_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
}

const dollars = () => bigint({ mode: "bigint" })
const cents = () => numeric({ precision: 20, scale: 2 })
const day = () => date({ mode: "date" })

/** The films, by their TMDB ids. */
export const movies = moviesSchema.table("movies", {
  movie_id: integer().primaryKey(),
  imdb_id: varchar(),
  title: text(),
  original_title: text(),
  original_language: varchar(),
  is_adult: boolean(),
  status: varchar(),
  release_date: day(),
  runtime: numeric({ precision: 6, scale: 1 }),
  budget: dollars(),
  revenue: dollars(),
  popularity: doublePrecision(),
  vote_average: numeric({ precision: 3, scale: 1 }),
  vote_count: integer(),
  collection_id: integer(),
  ...timestamps,
})

/** Series of films. */
export const collections = moviesSchema.table("collections", {
  collection_id: integer().primaryKey(),
  name: text().notNull(),
  ...timestamps,
})

/** Genres. */
export const genres = moviesSchema.table("genres", {
  genre_id: integer().primaryKey(),
  name: text().notNull(),
  ...timestamps,
})

/** The genres of each film. */
export const movieGenres = moviesSchema.table(
  "movie_genres",
  { movie_id: integer().notNull(), genre_id: integer().notNull(), ...timestamps },
  (table) => [primaryKey({ columns: [table.movie_id, table.genre_id] })],
)

/** Companies that produced films. */
export const companies = moviesSchema.table("companies", {
  company_id: integer().primaryKey(),
  name: text().notNull(),
  ...timestamps,
})

/** The production companies of each film. */
export const movieCompanies = moviesSchema.table(
  "movie_companies",
  { movie_id: integer().notNull(), company_id: integer().notNull(), ...timestamps },
  (table) => [primaryKey({ columns: [table.movie_id, table.company_id] })],
)

/** Countries in which films were produced. */
export const countries = moviesSchema.table("countries", {
  country_code: varchar().primaryKey(),
  name: text().notNull(),
  ...timestamps,
})

/** The production countries of each film. */
export const movieCountries = moviesSchema.table(
  "movie_countries",
  { movie_id: integer().notNull(), country_code: varchar().notNull(), ...timestamps },
  (table) => [primaryKey({ columns: [table.movie_id, table.country_code] })],
)

/** Languages that are spoken in films. */
export const languages = moviesSchema.table("languages", {
  language_code: varchar().primaryKey(),
  name: text().notNull(),
  ...timestamps,
})

/** The spoken languages of each film. */
export const movieLanguages = moviesSchema.table(
  "movie_languages",
  { movie_id: integer().notNull(), language_code: varchar().notNull(), ...timestamps },
  (table) => [primaryKey({ columns: [table.movie_id, table.language_code] })],
)

/** Keywords about the subjects of films. */
export const keywords = moviesSchema.table("keywords", {
  keyword_id: integer().primaryKey(),
  name: text().notNull(),
  ...timestamps,
})

/** The keywords of each film. */
export const movieKeywords = moviesSchema.table(
  "movie_keywords",
  { movie_id: integer().notNull(), keyword_id: integer().notNull(), ...timestamps },
  (table) => [primaryKey({ columns: [table.movie_id, table.keyword_id] })],
)

/** People who played in films or worked on them. */
export const people = moviesSchema.table("people", {
  person_id: integer().primaryKey(),
  name: text().notNull(),
  gender: varchar(),
  ...timestamps,
})

/** The roles of each film and their actors. */
export const movieCast = moviesSchema.table(
  "movie_cast",
  {
    movie_id: integer().notNull(),
    credit_id: varchar().notNull(),
    person_id: integer().notNull(),
    position: integer().notNull(),
    character: text(),
    ...timestamps,
  },
  (table) => [primaryKey({ columns: [table.movie_id, table.credit_id] })],
)

/** The crew of each film and their jobs. */
export const movieCrew = moviesSchema.table(
  "movie_crew",
  {
    movie_id: integer().notNull(),
    credit_id: varchar().notNull(),
    person_id: integer().notNull(),
    department: text(),
    job: text(),
    ...timestamps,
  },
  (table) => [primaryKey({ columns: [table.movie_id, table.credit_id] })],
)

/** Users' ratings of films. MovieLens and TMDB number films differently; both numbers are included. */
export const ratings = moviesSchema.table(
  "ratings",
  {
    user_id: integer().notNull(),
    movielens_id: integer().notNull(),
    movie_id: integer().notNull(),
    rating: numeric({ precision: 2, scale: 1 }).notNull(),
    rated_at: timestamp({ withTimezone: true }).notNull(),
    ...timestamps,
  },
  (table) => [primaryKey({ columns: [table.user_id, table.movielens_id] })],
)

/** Ratings that belong to no film of `movies`, by MovieLens id. */
export const ratingsWithoutFilm = moviesSchema.table("ratings_without_film", {
  movielens_id: integer().primaryKey(),
  ratings: integer().notNull(),
  reason: varchar().notNull(),
  ...timestamps,
})

/** The days on which films were released. */
export const dates = moviesSchema.table("dates", {
  release_date: day().primaryKey(),
  day: smallint().notNull(),
  weekday: smallint().notNull(),
  week: smallint().notNull(),
  month: smallint().notNull(),
  quarter: smallint().notNull(),
  year: smallint().notNull(),
  ...timestamps,
})

/** Consumer price index of admission to films, theaters and concerts, by month. */
export const cpi = moviesSchema.table("cpi", {
  month: day().primaryKey(),
  consumer_price_index: numeric({ precision: 8, scale: 3 }).notNull(),
  ...timestamps,
})

/** The films that users rate highest. */
export const highestRatedFilms = moviesSchema.table("highest_rated_films", {
  rank: integer().notNull(),
  movie_id: integer().primaryKey(),
  title: text(),
  release_year: smallint(),
  ratings: integer().notNull(),
  average_rating: numeric({ precision: 6, scale: 4 }).notNull(),
  score: numeric({ precision: 6, scale: 4 }).notNull(),
  rated_from: day().notNull(),
  rated_to: day().notNull(),
  ...timestamps,
})

/** The genres that users rate most. */
export const popularGenres = moviesSchema.table("popular_genres", {
  rank: integer().notNull(),
  genre_id: integer().primaryKey(),
  genre: text().notNull(),
  ratings: integer().notNull(),
  share_of_ratings: numeric({ precision: 5, scale: 2 }).notNull(),
  users: integer().notNull(),
  films: integer().notNull(),
  average_rating: numeric({ precision: 6, scale: 4 }).notNull(),
  rated_from: day().notNull(),
  rated_to: day().notNull(),
  ...timestamps,
})

/** Earnings of films by quarter and by month of release. */
export const boxOfficeByRelease = moviesSchema.table(
  "box_office_by_release",
  {
    period: varchar().notNull(),
    number: smallint().notNull(),
    films: integer().notNull(),
    total_revenue: dollars().notNull(),
    mean_revenue: cents().notNull(),
    median_revenue: cents().notNull(),
    adjusted_films: integer().notNull(),
    total_adjusted: cents(),
    mean_adjusted: cents(),
    median_adjusted: cents(),
    released_from: day().notNull(),
    released_to: day().notNull(),
    ...timestamps,
  },
  (table) => [primaryKey({ columns: [table.period, table.number] })],
)

/** Earnings of the films of each genre at constant prices. */
export const genreEarnings = moviesSchema.table("genre_earnings", {
  rank: integer().notNull(),
  genre_id: integer().primaryKey(),
  genre: text().notNull(),
  films: integer().notNull(),
  total_adjusted: cents().notNull(),
  mean_adjusted: cents(),
  total_revenue: dollars().notNull(),
  films_outside: integer().notNull(),
  revenue_outside: dollars().notNull(),
  released_from: day(),
  released_to: day(),
  ...timestamps,
})

/** Films with revenue that cannot be adjusted, since the price index has no month for them. */
export const moviesOutsideCpi = moviesSchema.table("movies_outside_cpi", {
  movie_id: integer().primaryKey(),
  title: text(),
  release_date: day(),
  revenue: dollars().notNull(),
  reason: varchar().notNull(),
  ...timestamps,
})
