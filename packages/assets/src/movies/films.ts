import { itself, noRows, publishTo, refersTo, rowCount, sql, sqlAsset, unique } from "@freshet/core"
import {
  collections as collectionsTable,
  columnsFromTable,
  dates as datesTable,
  movies as moviesTable,
} from "@freshet/schema"

import { publishedOptions, publicationSet } from "./asset-options.ts"
import { filmLabels, filmRecords } from "./records.ts"

/** A table of one row is as good as none: the file was cut off, or is not what it should be. */
export const moreThanOneRow = rowCount({ min: 2 })

export const collections = sqlAsset({
  ...publishedOptions,
  name: "collections",
  description:
    "Series of films. Where the films of one call it by several names, the first in order of the alphabet.",
  columns: columnsFromTable(collectionsTable, {
    collection_id: "The series by TMDB's number.",
    name: "Its name.",
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
    "The films, each once, by TMDB's number. Rows of the file without a number, and later ones with a number that was there, are in quarantine.",
  columns: columnsFromTable(moviesTable, {
    movie_id: "The film by TMDB's number.",
    imdb_id: "The film by IMDb's number.",
    title: "Its title in English; null where the file breaks off before it.",
    original_title: "Its title in its own language.",
    original_language: "That language, as ISO 639-1.",
    is_adult: "Whether it is for adults.",
    status: "Released, Rumored, Post Production and the like.",
    release_date: "When it was first shown.",
    runtime: ["How long it is; null when not known.", "minutes"],
    budget: ["What it cost; null when not known.", "USD"],
    revenue: ["What it earned; null when not known.", "USD"],
    popularity: "How much TMDB's users looked at it; TMDB does not tell the unit.",
    vote_average: ["What TMDB's users gave it.", "points of 10"],
    vote_count: ["How many of TMDB's users did.", "votes"],
    collection_id: "The series it belongs to.",
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
  description: "The days on which films were released, taken apart.",
  columns: columnsFromTable(datesTable, {
    release_date: "The day.",
    day: "Day of the month, 1 to 31.",
    weekday: "Day of the week, 1 (Monday) to 7.",
    week: "Week of the year as ISO 8601 counts, 1 to 53.",
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
