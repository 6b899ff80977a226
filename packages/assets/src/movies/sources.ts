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
    "What TMDB says of each film, in one file of 24 columns. Lists stand in it as Python writes them. The last values of some records are missing, and some rows are shifted.",
  path: "movies/movies_metadata.csv",
  format: {
    kind: "csv",
    shortRecords: "empty",
    header: { movie_id: "id", collection: "belongs_to_collection" },
  },
  columns: {
    movie_id: int32("The film by TMDB's number."),
    adult: text("True for films for adults, else False."),
    collection: nullable(text("The series that the film belongs to, as a Python dict.")),
    budget: nullable(int64("What the film cost; 0 when it is not known.", { unit: "USD" })),
    genres: nullable(text("Its genres, as a Python list of dicts.")),
    imdb_id: nullable(text("The film by IMDb's number.")),
    original_language: nullable(text("The language it was made in, as ISO 639-1.")),
    original_title: nullable(text("Its title in that language.")),
    popularity: nullable(float64("How much TMDB's users looked at it.")),
    production_companies: nullable(text("Who produced it, as a Python list of dicts.")),
    production_countries: nullable(text("Where it was produced, as a Python list of dicts.")),
    release_date: nullable(date("When it was first shown.")),
    revenue: nullable(int64("What it earned; 0 when it is not known.", { unit: "USD" })),
    runtime: nullable(decimal(6, 1, "How long it is; 0 when not known.", { unit: "minutes" })),
    spoken_languages: nullable(text("What is spoken in it, as a Python list of dicts.")),
    status: nullable(text("Released, Rumored, Post Production and the like.")),
    title: nullable(text("Its title in English.")),
    vote_average: nullable(decimal(3, 1, "What TMDB's users gave it, 0 to 10.")),
    vote_count: nullable(int32("How many of TMDB's users did.", { unit: "votes" })),
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
  description: "What MovieLens's users gave to films, all of it in one file.",
  path: "movies/ratings.csv",
  format: {
    kind: "csv",
    header: { user_id: "userId", movielens_id: "movieId", rated_at_seconds: "timestamp" },
  },
  columns: {
    user_id: int32("Who rated."),
    movielens_id: int32("The film by MovieLens's number."),
    rating: decimal(2, 1, "What they gave.", { unit: "stars" }),
    rated_at_seconds: int64("When, since 1970-01-01 UTC.", { unit: "seconds" }),
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
  description:
    "Which film of MovieLens is which film of TMDB: they number films each in their own way.",
  path: "movies/links.csv",
  format: {
    kind: "csv",
    header: { movielens_id: "movieId", movie_id: "tmdbId" },
  },
  columns: {
    movielens_id: int32("The film by MovieLens's number."),
    movie_id: nullable(int32("The film by TMDB's number; null when TMDB has it not.")),
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
  description: "Who played in each film and who worked on it, as Python lists of dicts.",
  path: "movies/credits.csv",
  format: { kind: "csv", header: { movie_id: "id", players: "cast" } },
  columns: {
    movie_id: int32("The film by TMDB's number."),
    players: text("Who plays whom, as a Python list of dicts."),
    crew: text("Who does what work, as a Python list of dicts."),
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
  description: "What each film is about, as a Python list of dicts. The file may be missing.",
  path: "movies/keywords.csv",
  whenMissing: "empty",
  format: { kind: "csv", header: { movie_id: "id" } },
  columns: {
    movie_id: int32("The film by TMDB's number."),
    keywords: text("Words that say what it is about, as a Python list of dicts."),
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
    "Consumer price index of admission to movies, theaters and concerts in U.S. cities, seasonally adjusted (series CUSR0000SS62031 of the Bureau of Labor Statistics, by way of FRED).",
  path: "movies/consumer_price_index.csv",
  format: { kind: "csv", header: { month: "DATE", consumer_price_index: "CUSR0000SS62031" } },
  columns: {
    month: date("The month, by its first day."),
    consumer_price_index: decimal(8, 3, "The price level.", { unit: "December 1997 = 100" }),
  },
})
