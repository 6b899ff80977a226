import type {
  DemoResultsDocument,
  FilmHighlightDocument,
  RecommendationDocument,
} from "../documents/demo-results.ts"
import type { RowDocument } from "../documents/rows.ts"
import type { Services } from "../services.ts"
import { readPublished } from "./read-published.ts"

/** Reads the published rows that the demo presents, of the groups that are declared. */
export async function readDemoResults(
  services: Services,
  groups: readonly string[],
): Promise<DemoResultsDocument> {
  const readGroup = async (
    group: "stocktwits" | "movies",
    sql: string,
  ): Promise<readonly RowDocument[]> =>
    groups.includes(group) ? (await readPublished(services, { sql, limit: 4 })).rows : []
  return {
    recommendations: (await readGroup("stocktwits", recommendationsQuery)).map(toRecommendation),
    films: (await readGroup("movies", filmsQuery)).map(toFilmHighlight),
  }
}

/** Selects three strong recommendations with different readers and users. */
const recommendationsQuery = `
  with best as (
    select distinct on (recs.user_id) recs.user_id, recs.rec_id, recs.weight
    from stocktwits.user_recs as recs
    order by recs.user_id, recs.weight desc, recs.rec_id
  ), varied as (
    select distinct on (rec_id) * from best order by rec_id, weight desc, user_id
  ), chosen as (
    select * from varied order by weight desc, user_id limit 3
  )
  select users.username as reader, recommended.username as recommended, chosen.weight as strength,
    array_agg(reason.username order by reason.id) as through,
    (
      select array_agg(room.slug order by room.weight desc, room.slug)
      from (
        select rooms.slug, room_recs.weight
        from stocktwits.room_recs join stocktwits.rooms on rooms.id = room_recs.rec_id
        where room_recs.user_id = chosen.user_id
        order by room_recs.weight desc, rooms.id limit 2
      ) as room
    ) as rooms
  from chosen
  join stocktwits.users on users.id = chosen.user_id
  join stocktwits.users as recommended on recommended.id = chosen.rec_id
  join stocktwits.user_rec_reasons as reasons
    on reasons.user_id = chosen.user_id and reasons.rec_id = chosen.rec_id
  join stocktwits.users as reason on reason.id = reasons.reason_id
  group by users.username, recommended.username, chosen.user_id, chosen.rec_id, chosen.weight
  order by chosen.weight desc, chosen.user_id`

function toRecommendation(row: RowDocument): RecommendationDocument {
  return {
    reader: toText(row["reader"]),
    recommended: toText(row["recommended"]),
    strength: Number(row["strength"]),
    through: toNames(row["through"]),
    rooms: toNames(row["rooms"]),
  }
}

/** Selects the first row of each report about films. */
const filmsQuery = `
  (select 1 as place, 'highest_rated' as report, title as name, release_year::text as year,
     trim_scale(round(average_rating, 2)) as figure, ratings as count
   from movies.highest_rated_films order by rank limit 1)
  union all
  (select 2, 'popular_genre', genre, null, share_of_ratings, users
   from movies.popular_genres order by rank limit 1)
  union all
  (select 3, 'release_month', to_char(make_date(2000, number, 1), 'FMMonth'), null, mean_adjusted,
     adjusted_films
   from movies.box_office_by_release where period = 'month'
   order by mean_adjusted desc nulls last, number limit 1)
  union all
  (select 4, 'earning_genre', genre, null, total_adjusted, films
   from movies.genre_earnings order by rank limit 1)
  order by place`

function toFilmHighlight(row: RowDocument): FilmHighlightDocument {
  return {
    report: row["report"] as FilmHighlightDocument["report"], // the query names the reports
    name: toText(row["name"]),
    year: typeof row["year"] === "string" ? row["year"] : null,
    figure: Number(row["figure"]),
    count: Number(row["count"]),
  }
}

function toText(value: unknown): string {
  return typeof value === "string" ? value : ""
}

function toNames(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}
