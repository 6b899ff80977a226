import { codeAsset, noRows, publishTo, sql, sqlAsset, unique } from "@freshet/core"
import { columnsFromTable } from "@freshet/schema"

import { publishedOptions, intermediateOptions, publicationSet } from "./asset-options.ts"
import { linkChecks, duplicateNameRule } from "./film-labels.ts"
import { movies } from "./films.ts"
import { parseLabels } from "./labels.ts"
import { labelColumns, toLabelRows } from "./records.ts"
import { keywordsFile } from "./sources.ts"
import { keywords as keywordsTable, movieKeywords as movieKeywordsTable } from "./tables.ts"

export const filmKeywords = codeAsset({
  ...intermediateOptions,
  name: "film_keywords",
  description: "Keywords of each film, parsed from Python lists: one row per keyword.",
  version: "1",
  columns: labelColumns,
  upstream: { listed: keywordsFile, films: movies },
  async *compute({ listed, films }) {
    const movieIds = new Set<number>()
    for await (const { movie_id } of films) movieIds.add(movie_id)
    for await (const { movie_id, keywords } of listed)
      if (movieIds.has(movie_id)) yield* toLabelRows(movie_id, "keyword", parseLabels(keywords))
  },
})

export const keywords = sqlAsset({
  ...publishedOptions,
  name: "keywords",
  description: `Keywords of films; empty if no keywords file has landed. ${duplicateNameRule}`,
  columns: columnsFromTable(keywordsTable, {
    keyword_id: "TMDB id of the keyword.",
    name: "Keyword.",
  }),
  query: sql`select id as keyword_id, min(name) as name from ${filmKeywords} group by id`,
  checks: [unique("keyword_id")],
  publish: publishTo(keywordsTable, publicationSet),
})

export const movieKeywords = sqlAsset({
  ...publishedOptions,
  name: "movie_keywords",
  description: "Keywords of each film; empty if no keywords file has landed.",
  columns: columnsFromTable(movieKeywordsTable, {
    movie_id: "TMDB id of the film.",
    keyword_id: "TMDB id of the keyword.",
  }),
  query: sql`
    select distinct labels.movie_id, keywords.keyword_id
    from ${filmKeywords} as labels
    join ${movies} as movies on movies.movie_id = labels.movie_id
    join ${keywords} as keywords on keywords.keyword_id = labels.id`,
  checks: [
    unique("movie_id", "keyword_id"),
    ...linkChecks("keyword_id", keywords),
    noRows("films_are_known", {
      description: "every film with keywords is in movies",
      severity: "warn",
      query: sql`
        select movie_id from ${keywordsFile}
        where movie_id not in (select movie_id from ${movies})`,
    }),
  ],
  publish: publishTo(movieKeywordsTable, publicationSet),
})
