import { type Asset, publishTo, refersTo, sql, sqlAsset, unique } from "@freshet/core"
import { columnsFromTable } from "@freshet/schema"

import { publishedOptions, publicationSet } from "./asset-options.ts"
import { moreThanOneRow, movies } from "./films.ts"
import { filmLabels } from "./records.ts"
import {
  companies as companiesTable,
  countries as countriesTable,
  genres as genresTable,
  languages as languagesTable,
  movieCompanies as movieCompaniesTable,
  movieCountries as movieCountriesTable,
  movieGenres as movieGenresTable,
  movieLanguages as movieLanguagesTable,
} from "./tables.ts"

const movieIdText = "TMDB id of the film."
export const duplicateNameRule =
  "If films give several names for one, the alphabetically first is used."

export const genres = sqlAsset({
  ...publishedOptions,
  name: "genres",
  description: `Genres of films. ${duplicateNameRule}`,
  columns: columnsFromTable(genresTable, {
    genre_id: "TMDB id of the genre.",
    name: "Name.",
  }),
  query: sql`
    select id as genre_id, min(name) as name
    from ${filmLabels} where kind = 'genre' group by id`,
  checks: [unique("genre_id"), moreThanOneRow],
  publish: publishTo(genresTable, publicationSet),
})

export const movieGenres = sqlAsset({
  ...publishedOptions,
  name: "movie_genres",
  description: "Genres of each film; a film may have several.",
  columns: columnsFromTable(movieGenresTable, {
    movie_id: movieIdText,
    genre_id: "TMDB id of the genre.",
  }),
  query: sql`
    select distinct labels.movie_id, genres.genre_id
    from ${filmLabels} as labels
    join ${movies} as movies on movies.movie_id = labels.movie_id
    join ${genres} as genres on genres.genre_id = labels.id
    where labels.kind = 'genre'`,
  checks: [unique("movie_id", "genre_id"), moreThanOneRow, ...linkChecks("genre_id", genres)],
  publish: publishTo(movieGenresTable, publicationSet),
})

/** Checks that the film and the label of each row exist. */
export function linkChecks<const C extends string>(key: C, labels: Asset) {
  return [refersTo("movie_id", movies), refersTo(key, labels)]
}

export const companies = sqlAsset({
  ...publishedOptions,
  name: "companies",
  description: `Companies that produced films. ${duplicateNameRule}`,
  columns: columnsFromTable(companiesTable, {
    company_id: "TMDB id of the company.",
    name: "Name.",
  }),
  query: sql`
    select id as company_id, min(name) as name
    from ${filmLabels} where kind = 'company' group by id`,
  checks: [unique("company_id"), moreThanOneRow],
  publish: publishTo(companiesTable, publicationSet),
})

export const movieCompanies = sqlAsset({
  ...publishedOptions,
  name: "movie_companies",
  description: "Production companies of each film.",
  columns: columnsFromTable(movieCompaniesTable, {
    movie_id: movieIdText,
    company_id: "TMDB id of the company.",
  }),
  query: sql`
    select distinct labels.movie_id, companies.company_id
    from ${filmLabels} as labels
    join ${movies} as movies on movies.movie_id = labels.movie_id
    join ${companies} as companies on companies.company_id = labels.id
    where labels.kind = 'company'`,
  checks: [
    unique("movie_id", "company_id"),
    moreThanOneRow,
    ...linkChecks("company_id", companies),
  ],
  publish: publishTo(movieCompaniesTable, publicationSet),
})

export const countries = sqlAsset({
  ...publishedOptions,
  name: "countries",
  description: `Countries in which films were produced. ${duplicateNameRule}`,
  columns: columnsFromTable(countriesTable, {
    country_code: "ISO 3166-1 code of the country.",
    name: "Name.",
  }),
  query: sql`
    select code as country_code, min(name) as name
    from ${filmLabels} where kind = 'country' group by code`,
  checks: [unique("country_code"), moreThanOneRow],
  publish: publishTo(countriesTable, publicationSet),
})

export const movieCountries = sqlAsset({
  ...publishedOptions,
  name: "movie_countries",
  description: "Production countries of each film.",
  columns: columnsFromTable(movieCountriesTable, {
    movie_id: movieIdText,
    country_code: "ISO 3166-1 code of the country.",
  }),
  query: sql`
    select distinct labels.movie_id, countries.country_code
    from ${filmLabels} as labels
    join ${movies} as movies on movies.movie_id = labels.movie_id
    join ${countries} as countries on countries.country_code = labels.code
    where labels.kind = 'country'`,
  checks: [
    unique("movie_id", "country_code"),
    moreThanOneRow,
    ...linkChecks("country_code", countries),
  ],
  publish: publishTo(movieCountriesTable, publicationSet),
})

export const languages = sqlAsset({
  ...publishedOptions,
  name: "languages",
  description: `Languages spoken in films. ${duplicateNameRule}`,
  columns: columnsFromTable(languagesTable, {
    language_code: "ISO 639-1 code of the language.",
    name: "Name in the language itself; empty if TMDB has none.",
  }),
  query: sql`
    select code as language_code, min(name) as name
    from ${filmLabels} where kind = 'language' group by code`,
  checks: [unique("language_code"), moreThanOneRow],
  publish: publishTo(languagesTable, publicationSet),
})

export const movieLanguages = sqlAsset({
  ...publishedOptions,
  name: "movie_languages",
  description: "Languages spoken in each film.",
  columns: columnsFromTable(movieLanguagesTable, {
    movie_id: movieIdText,
    language_code: "ISO 639-1 code of the language.",
  }),
  query: sql`
    select distinct labels.movie_id, languages.language_code
    from ${filmLabels} as labels
    join ${movies} as movies on movies.movie_id = labels.movie_id
    join ${languages} as languages on languages.language_code = labels.code
    where labels.kind = 'language'`,
  checks: [
    unique("movie_id", "language_code"),
    moreThanOneRow,
    ...linkChecks("language_code", languages),
  ],
  publish: publishTo(movieLanguagesTable, publicationSet),
})
