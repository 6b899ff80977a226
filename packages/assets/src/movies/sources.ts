import {
  date,
  decimal,
  float64,
  int32,
  int64,
  nullable,
  sourceAsset,
  sql,
  type Sql,
  text,
} from "@freshet/core"

import { landedOptions } from "./asset-options.ts"
import { buildDictPattern, buildUnorderedDictPattern, buildListPattern } from "./python-patterns.ts"

const idAndName = buildUnorderedDictPattern(["id", "number"], ["name", "text"])

function isMismatch(column: Sql<never>, pattern: string): Sql<never> {
  return sql`not regexp_full_match(${column}, ${pattern})`
}

export const metadataFile = sourceAsset({
  ...landedOptions,
  name: "metadata_file",
  description:
    "Metadata of films from TMDB, in one file with 24 columns. Lists are in Python notation. Some records lack their last values, and some rows are shifted.",
  path: "movies/movies_metadata.csv",
  format: {
    kind: "csv",
    shortRecords: "empty",
    header: { movie_id: "id", collection: "belongs_to_collection" },
  },
  columns: {
    movie_id: int32("TMDB id of the film."),
    adult: text("True for films for adults, otherwise False."),
    collection: nullable(text("Series that the film belongs to, as a Python dict.")),
    budget: nullable(int64("Budget; 0 if unknown.", { unit: "USD" })),
    genres: nullable(text("Genres, as a Python list of dicts.")),
    imdb_id: nullable(text("IMDb id of the film.")),
    original_language: nullable(text("ISO 639-1 code of the original language.")),
    original_title: nullable(text("Title in the original language.")),
    popularity: nullable(float64("Popularity score of TMDB.")),
    production_companies: nullable(text("Production companies, as a Python list of dicts.")),
    production_countries: nullable(text("Production countries, as a Python list of dicts.")),
    release_date: nullable(date("Release date.")),
    revenue: nullable(int64("Revenue; 0 if unknown.", { unit: "USD" })),
    runtime: nullable(decimal(6, 1, "Running time; 0 if unknown.", { unit: "minutes" })),
    spoken_languages: nullable(text("Spoken languages, as a Python list of dicts.")),
    status: nullable(text("Status, such as Released, Rumored or Post Production.")),
    title: nullable(text("English title.")),
    vote_average: nullable(decimal(3, 1, "Average vote of TMDB users, 0 to 10.")),
    vote_count: nullable(int32("Votes of TMDB users.", { unit: "votes" })),
  },
  reject: [
    { reason: "id_out_of_range", when: sql`movie_id < 1` },
    { reason: "shifted_row", when: sql`adult not in ('True', 'False')` },
    { reason: "negative_amount", when: sql`budget < 0 or revenue < 0 or runtime < 0` },
    {
      reason: "malformed_list",
      when: sql`${isMismatch(sql`collection`, idAndName)}
        or ${isMismatch(sql`genres`, buildListPattern(idAndName))}
        or ${isMismatch(sql`production_companies`, buildListPattern(idAndName))}
        or ${isMismatch(sql`production_countries`, buildListPattern(buildUnorderedDictPattern(["iso_3166_1", "text"], ["name", "text"])))}
        or ${isMismatch(sql`spoken_languages`, buildListPattern(buildUnorderedDictPattern(["iso_639_1", "text"], ["name", "text"])))}`,
    },
  ],
  duplicate: { reason: "duplicate_id", columns: ["movie_id"], when: sql`true` },
})

export const ratingsFile = sourceAsset({
  ...landedOptions,
  name: "ratings_file",
  description: "Ratings of films by MovieLens users, in one file.",
  path: "movies/ratings.csv",
  format: {
    kind: "csv",
    header: { user_id: "userId", movielens_id: "movieId", rated_at_seconds: "timestamp" },
  },
  columns: {
    user_id: int32("User who rated."),
    movielens_id: int32("MovieLens id of the film."),
    rating: decimal(2, 1, "Rating.", { unit: "stars" }),
    rated_at_seconds: int64("Time of the rating, since 1970-01-01 UTC.", { unit: "seconds" }),
  },
  reject: [
    { reason: "id_out_of_range", when: sql`user_id < 1 or movielens_id < 1` },
    {
      reason: "time_out_of_range",
      when: sql`rated_at_seconds < 0 or rated_at_seconds >= 4102444800`,
    },
  ],
})

export const linksFile = sourceAsset({
  ...landedOptions,
  name: "links_file",
  description: "Film ids of MovieLens and TMDB: one row per film of MovieLens.",
  path: "movies/links.csv",
  format: {
    kind: "csv",
    header: { movielens_id: "movieId", movie_id: "tmdbId" },
  },
  columns: {
    movielens_id: int32("MovieLens id of the film."),
    movie_id: nullable(int32("TMDB id of the film; null if TMDB does not have it.")),
  },
  duplicate: { reason: "duplicate_id", columns: ["movielens_id"], when: sql`true` },
})

const castDict = buildDictPattern(
  ["cast_id", "any"],
  ["character", "text_or_none"],
  ["credit_id", "text"],
  ["gender", "any"],
  ["id", "number"],
  ["name", "text"],
  ["order", "number"],
)
const crewDict = buildDictPattern(
  ["credit_id", "text"],
  ["department", "text_or_none"],
  ["gender", "any"],
  ["id", "number"],
  ["job", "text_or_none"],
  ["name", "text"],
)

export const creditsFile = sourceAsset({
  ...landedOptions,
  name: "credits_file",
  description: "Cast and crew of each film, as Python lists of dicts.",
  path: "movies/credits.csv",
  format: { kind: "csv", header: { movie_id: "id", players: "cast" } },
  columns: {
    movie_id: int32("TMDB id of the film."),
    players: text("Cast, as a Python list of dicts."),
    crew: text("Crew, as a Python list of dicts."),
  },
  reject: [
    {
      reason: "malformed_list",
      when: sql`${isMismatch(sql`players`, buildListPattern(castDict))} or ${isMismatch(sql`crew`, buildListPattern(crewDict))}`,
    },
  ],
  duplicate: { reason: "duplicate_id", columns: ["movie_id"], when: sql`true` },
})

export const keywordsFile = sourceAsset({
  ...landedOptions,
  name: "keywords_file",
  description: "Keywords of each film, as a Python list of dicts. The file may be missing.",
  path: "movies/keywords.csv",
  whenMissing: "empty",
  format: { kind: "csv", header: { movie_id: "id" } },
  columns: {
    movie_id: int32("TMDB id of the film."),
    keywords: text("Keywords, as a Python list of dicts."),
  },
  reject: [
    { reason: "malformed_list", when: isMismatch(sql`keywords`, buildListPattern(idAndName)) },
  ],
  duplicate: { reason: "duplicate_id", columns: ["movie_id"], when: sql`true` },
})

export const priceIndexFile = sourceAsset({
  ...landedOptions,
  name: "price_index_file",
  description:
    "Consumer price index of admission to movies, theaters and concerts in U.S. cities, seasonally adjusted (series CUSR0000SS62031 of the Bureau of Labor Statistics, from FRED).",
  path: "movies/consumer_price_index.csv",
  format: { kind: "csv", header: { month: "DATE", consumer_price_index: "CUSR0000SS62031" } },
  columns: {
    month: date("First day of the month."),
    consumer_price_index: decimal(8, 3, "Price index.", { unit: "December 1997 = 100" }),
  },
})
