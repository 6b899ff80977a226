import { noRows, publishTo, refersTo, sql, sqlAsset, unique } from "@freshet/core"
import {
  columnsFromTable,
  movieCast as movieCastTable,
  movieCrew as movieCrewTable,
  people as peopleTable,
} from "@freshet/schema"

import { creditsPublicationSet, publishedOptions } from "./asset-options.ts"
import { moreThanOneRow, movies } from "./films.ts"
import { filmCredits } from "./records.ts"

export const people = sqlAsset({
  ...publishedOptions,
  name: "people",
  description:
    "People who played in films or worked on them. Where credits call one by several names, the first in order of the alphabet.",
  columns: columnsFromTable(peopleTable, {
    person_id: "The person by TMDB's number.",
    name: "Their name.",
    gender: "female or male; null when TMDB does not say, or says both.",
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
      description: `the films that have ${kind} are in movies`,
      severity: "warn",
      query: sql`
        select movie_id, count(*) as credits from ${filmCredits}
        where kind = ${kind} and movie_id not in (select movie_id from ${movies})
        group by movie_id`,
    }),
  ]
}

const creditColumns = {
  movie_id: "The film by TMDB's number.",
  credit_id: "The credit by TMDB's number.",
  person_id: "The person.",
} as const

export const movieCast = sqlAsset({
  ...publishedOptions,
  name: "movie_cast",
  description: "Who played whom in which film.",
  columns: columnsFromTable(movieCastTable, {
    ...creditColumns,
    position: "The place in the film's list of players, from 0.",
    character: "Who is played.",
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
  description: "Who did what work on which film.",
  columns: columnsFromTable(movieCrewTable, {
    ...creditColumns,
    department: "Directing, Writing and the like.",
    job: "The work.",
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
