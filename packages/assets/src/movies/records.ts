import {
  bool,
  codeAsset,
  date,
  decimal,
  float64,
  int32,
  int64,
  nullable,
  type RowOf,
  sql,
  sqlAsset,
  text,
} from "@freshet/core"

import { intermediateOptions } from "./asset-options.ts"
import { parseDicts, type Label, parseLabels, getNumber, findText } from "./labels.ts"
import { creditsFile, metadataFile } from "./sources.ts"

const movieId = int32("The film by TMDB's number.")

export const filmRecords = sqlAsset({
  ...intermediateOptions,
  name: "film_records",
  description:
    "Each film once, with its lists still as Python writes them. What is not known is null.",
  columns: {
    movie_id: movieId,
    imdb_id: nullable(text("The film by IMDb's number.")),
    title: nullable(text("Its title in English.")),
    original_title: nullable(text("Its title in its own language.")),
    original_language: nullable(text("That language, as ISO 639-1.")),
    is_adult: nullable(bool("Whether it is for adults.")),
    status: nullable(text("Released, Rumored, Post Production and the like.")),
    release_date: nullable(date("When it was first shown.")),
    runtime: nullable(decimal(6, 1, "How long it is.", { unit: "minutes" })),
    budget: nullable(int64("What it cost.", { unit: "USD" })),
    revenue: nullable(int64("What it earned.", { unit: "USD" })),
    popularity: nullable(float64("How much TMDB's users looked at it.")),
    vote_average: nullable(decimal(3, 1, "What TMDB's users gave it, 0 to 10.")),
    vote_count: nullable(int32("How many of TMDB's users did.", { unit: "votes" })),
    collection: nullable(text("The series it belongs to, as a Python dict.")),
    genres: nullable(text("Its genres, as a Python list of dicts.")),
    production_companies: nullable(text("Who produced it, as a Python list of dicts.")),
    production_countries: nullable(text("Where, as a Python list of dicts.")),
    spoken_languages: nullable(text("What is spoken in it, as a Python list of dicts.")),
  },
  query: sql`
    select movie_id, imdb_id, title, original_title, original_language,
      case adult when 'True' then true when 'False' then false end as is_adult, status, release_date,
      nullif(runtime, 0) as runtime, nullif(budget, 0) as budget, nullif(revenue, 0) as revenue,
      popularity, vote_average, vote_count,
      collection, genres, production_companies, production_countries, spoken_languages
    from ${metadataFile}`,
})

export const labelColumns = {
  movie_id: movieId,
  kind: text("What the label is: collection, genre, company, country, language or keyword."),
  id: nullable(int32("The label by TMDB's number.")),
  code: nullable(text("The label by its ISO code: of countries and languages.")),
  name: text("The label."),
}

type LabelRow = RowOf<typeof labelColumns>

export function* toLabelRows(
  movie_id: number,
  kind: string,
  labels: readonly Label[],
): Generator<LabelRow> {
  for (const label of labels) yield { movie_id, kind, ...label }
}

export const filmLabels = codeAsset({
  ...intermediateOptions,
  name: "film_labels",
  description: "What each film is labelled with, read from the Python lists: one row a label.",
  version: "1",
  columns: labelColumns,
  upstream: { films: filmRecords },
  async *compute({ films }) {
    for await (const film of films) {
      const { movie_id } = film
      yield* toLabelRows(movie_id, "collection", parseLabels(film.collection))
      yield* toLabelRows(movie_id, "genre", parseLabels(film.genres))
      yield* toLabelRows(movie_id, "company", parseLabels(film.production_companies))
      yield* toLabelRows(movie_id, "country", parseLabels(film.production_countries, "iso_3166_1"))
      yield* toLabelRows(movie_id, "language", parseLabels(film.spoken_languages, "iso_639_1"))
    }
  },
})

const genders = new Map<unknown, string>([
  [1, "female"],
  [2, "male"],
])

export const filmCredits = codeAsset({
  ...intermediateOptions,
  name: "film_credits",
  description:
    "Who played in or worked on each film, read from the Python lists: one row a credit.",
  version: "1",
  columns: {
    movie_id: movieId,
    kind: text("cast or crew."),
    credit_id: text("The credit by TMDB's number."),
    person_id: int32("The person by TMDB's number."),
    name: text("The person's name."),
    gender: nullable(text("female or male; null when TMDB does not say.")),
    position: nullable(int32("Of a player: the place in the list of players, from 0.")),
    character: nullable(text("Of a player: who is played.")),
    department: nullable(text("Of the crew: the department.")),
    job: nullable(text("Of the crew: the work.")),
  },
  upstream: { films: creditsFile },
  async *compute({ films }) {
    for await (const { movie_id, players, crew } of films) {
      for (const dict of parseDicts(players))
        yield {
          ...toCreditColumns(movie_id, "cast", dict),
          position: getNumber(dict, "order"),
          character: findText(dict, "character"),
          department: null,
          job: null,
        }
      for (const dict of parseDicts(crew))
        yield {
          ...toCreditColumns(movie_id, "crew", dict),
          position: null,
          character: null,
          department: findText(dict, "department"),
          job: findText(dict, "job"),
        }
    }
  },
})

function toCreditColumns(
  movie_id: number,
  kind: string,
  dict: ReturnType<typeof parseDicts>[number],
) {
  return {
    movie_id,
    kind,
    credit_id: findText(dict, "credit_id") ?? "",
    person_id: getNumber(dict, "id"),
    name: findText(dict, "name") ?? "",
    gender: genders.get(dict.get("gender")) ?? null,
  }
}
