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

const movieId = int32("TMDB id of the film.")

export const filmRecords = sqlAsset({
  ...intermediateOptions,
  name: "film_records",
  description:
    "Films, one row per TMDB id, with lists still in Python notation. Unknown values are null.",
  columns: {
    movie_id: movieId,
    imdb_id: nullable(text("IMDb id of the film.")),
    title: nullable(text("English title.")),
    original_title: nullable(text("Title in the original language.")),
    original_language: nullable(text("ISO 639-1 code of the original language.")),
    is_adult: nullable(bool("True for films for adults.")),
    status: nullable(text("Status, such as Released, Rumored or Post Production.")),
    release_date: nullable(date("Release date.")),
    runtime: nullable(decimal(6, 1, "Running time.", { unit: "minutes" })),
    budget: nullable(int64("Budget.", { unit: "USD" })),
    revenue: nullable(int64("Revenue.", { unit: "USD" })),
    popularity: nullable(float64("Popularity score of TMDB.")),
    vote_average: nullable(decimal(3, 1, "Average vote of TMDB users, 0 to 10.")),
    vote_count: nullable(int32("Votes of TMDB users.", { unit: "votes" })),
    collection: nullable(text("Series that the film belongs to, as a Python dict.")),
    genres: nullable(text("Genres, as a Python list of dicts.")),
    production_companies: nullable(text("Production companies, as a Python list of dicts.")),
    production_countries: nullable(text("Production countries, as a Python list of dicts.")),
    spoken_languages: nullable(text("Spoken languages, as a Python list of dicts.")),
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
  kind: text("Kind of label: collection, genre, company, country, language or keyword."),
  id: nullable(int32("TMDB id of the label.")),
  code: nullable(text("ISO code of a country or language.")),
  name: text("Name of the label."),
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
  description: "Labels of each film, parsed from Python lists: one row per label.",
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
  description: "Cast and crew of each film, parsed from Python lists: one row per credit.",
  version: "1",
  columns: {
    movie_id: movieId,
    kind: text("cast or crew."),
    credit_id: text("TMDB id of the credit."),
    person_id: int32("TMDB id of the person."),
    name: text("Name of the person."),
    gender: nullable(text("female or male; null if TMDB gives no gender.")),
    position: nullable(int32("Cast: position in the cast list, from 0.")),
    character: nullable(text("Cast: name of the character.")),
    department: nullable(text("Crew: department.")),
    job: nullable(text("Crew: job title.")),
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
