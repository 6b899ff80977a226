import { itself, noRows, publishTo, refersTo, rowCount, sql, sqlAsset, unique } from "@freshet/core"
import { columnsFromTable } from "@freshet/schema"

import { publishedOptions, publicationSet } from "./asset-options.ts"
import { filmLabels, filmRecords } from "./records.ts"
import {
  collections as collectionsTable,
  dates as datesTable,
  movies as moviesTable,
} from "./tables.ts"

/** Requires more than one row: a table with one row or none comes from a truncated or wrong file. */
export const moreThanOneRow = rowCount({ min: 2 })

export const collections = sqlAsset({
  ...publishedOptions,
  name: "collections",
  description:
    "Series of films. If the films of a series give it several names, the alphabetically first is used.",
  columns: columnsFromTable(collectionsTable, {
    collection_id: "TMDB id of the series.",
    name: "Name of the series.",
  }),
  query: sql`
    select id as collection_id, min(name) as name
    from ${filmLabels} where kind = 'collection'
    group by id`,
  checks: [unique("collection_id"), moreThanOneRow],
  publish: publishTo(collectionsTable, publicationSet),
})

export const movies = sqlAsset({
  ...publishedOptions,
  name: "movies",
  description:
    "Films, one row per TMDB id. Rows of the landed file without an id, and rows that repeat an id, are quarantined.",
  columns: columnsFromTable(moviesTable, {
    movie_id: "TMDB id of the film.",
    imdb_id: "IMDb id of the film.",
    title: "English title; null if the record is truncated before it.",
    original_title: "Title in the original language.",
    original_language: "ISO 639-1 code of the original language.",
    is_adult: "True for films for adults.",
    status: "Status, such as Released, Rumored or Post Production.",
    release_date: "Release date.",
    runtime: ["Running time; null if unknown.", "minutes"],
    budget: ["Budget; null if unknown.", "USD"],
    revenue: ["Revenue; null if unknown.", "USD"],
    popularity: "Popularity score of TMDB, without a documented unit.",
    vote_average: ["Average vote of TMDB users.", "points of 10"],
    vote_count: ["Votes of TMDB users.", "votes"],
    collection_id: "TMDB id of the series that the film belongs to.",
  }),
  query: sql`
    select films.movie_id, imdb_id, title, original_title, original_language, is_adult, status,
      release_date, runtime, budget, revenue, popularity, vote_average, vote_count,
      collections.collection_id
    from ${filmRecords} as films
    left join ${filmLabels} as labels
      on labels.movie_id = films.movie_id and labels.kind = 'collection'
    left join ${collections} as collections on collections.collection_id = labels.id`,
  checks: [
    unique("movie_id"),
    moreThanOneRow,
    refersTo("collection_id", collections),
    noRows("votes_in_range", {
      description: "vote_average between 0 and 10",
      query: sql`select movie_id, vote_average from ${itself} where vote_average not between 0 and 10`,
    }),
  ],
  publish: publishTo(moviesTable, publicationSet),
})

export const dates = sqlAsset({
  ...publishedOptions,
  name: "dates",
  description: "Calendar of release dates.",
  columns: columnsFromTable(datesTable, {
    release_date: "Release date.",
    day: "Day of the month, 1 to 31.",
    weekday: "Day of the week, 1 (Monday) to 7.",
    week: "ISO 8601 week of the year, 1 to 53.",
    month: "Month, 1 to 12.",
    quarter: "Quarter, 1 to 4.",
    year: "Year.",
  }),
  query: sql`
    select release_date, day(release_date)::smallint as day, isodow(release_date)::smallint as weekday,
      weekofyear(release_date)::smallint as week, month(release_date)::smallint as month,
      quarter(release_date)::smallint as quarter, year(release_date)::smallint as year
    from (select distinct release_date from ${movies} where release_date is not null) as released`,
  checks: [unique("release_date"), moreThanOneRow],
  publish: publishTo(datesTable, publicationSet),
})
