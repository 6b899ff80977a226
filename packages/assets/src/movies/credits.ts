import { noRows, publishTo, refersTo, sql, sqlAsset, unique } from "@freshet/core"
import { columnsFromTable } from "@freshet/schema"

import { creditsPublicationSet, publishedOptions } from "./asset-options.ts"
import { moreThanOneRow, movies } from "./films.ts"
import { filmCredits } from "./records.ts"
import {
  movieCast as movieCastTable,
  movieCrew as movieCrewTable,
  people as peopleTable,
} from "./tables.ts"

export const people = sqlAsset({
  ...publishedOptions,
  name: "people",
  description:
    "Cast and crew of films. If the credits give several names for a person, the alphabetically first is used.",
  columns: columnsFromTable(peopleTable, {
    person_id: "TMDB id of the person.",
    name: "Name of the person.",
    gender: "female or male; null if TMDB gives no gender or both.",
  }),
  query: sql`
    select person_id, min(name) as name,
      case when min(gender) = max(gender) then min(gender) end as gender
    from ${filmCredits} group by person_id`,
  checks: [unique("person_id"), moreThanOneRow],
  publish: publishTo(peopleTable, creditsPublicationSet),
})

function creditChecks(kind: string) {
  return [
    unique("movie_id", "credit_id"),
    moreThanOneRow,
    refersTo("movie_id", movies),
    refersTo("person_id", people),
    noRows("films_are_known", {
      description: `every film with ${kind} is in movies`,
      severity: "warn",
      query: sql`
        select movie_id, count(*) as credits from ${filmCredits}
        where kind = ${kind} and movie_id not in (select movie_id from ${movies})
        group by movie_id`,
    }),
  ]
}

const creditColumns = {
  movie_id: "TMDB id of the film.",
  credit_id: "TMDB id of the credit.",
  person_id: "TMDB id of the person.",
} as const

export const movieCast = sqlAsset({
  ...publishedOptions,
  name: "movie_cast",
  description: "Cast of each film, one row per role.",
  columns: columnsFromTable(movieCastTable, {
    ...creditColumns,
    position: "Position in the cast list of the film, from 0.",
    character: "Name of the character.",
  }),
  query: sql`
    select distinct on (credits.movie_id, credits.credit_id)
      credits.movie_id, credits.credit_id, people.person_id, credits.position, credits.character
    from ${filmCredits} as credits
    join ${movies} as movies on movies.movie_id = credits.movie_id
    join ${people} as people on people.person_id = credits.person_id
    where credits.kind = 'cast'
    order by credits.movie_id, credits.credit_id, credits.position, people.person_id,
      credits.character`,
  checks: creditChecks("cast"),
  publish: publishTo(movieCastTable, creditsPublicationSet),
})

export const movieCrew = sqlAsset({
  ...publishedOptions,
  name: "movie_crew",
  description: "Crew of each film, one row per job.",
  columns: columnsFromTable(movieCrewTable, {
    ...creditColumns,
    department: "Department, such as Directing or Writing.",
    job: "Job title.",
  }),
  query: sql`
    select distinct on (credits.movie_id, credits.credit_id)
      credits.movie_id, credits.credit_id, people.person_id, credits.department, credits.job
    from ${filmCredits} as credits
    join ${movies} as movies on movies.movie_id = credits.movie_id
    join ${people} as people on people.person_id = credits.person_id
    where credits.kind = 'crew'
    order by credits.movie_id, credits.credit_id, people.person_id, credits.department,
      credits.job`,
  checks: creditChecks("crew"),
  publish: publishTo(movieCrewTable, creditsPublicationSet),
})
