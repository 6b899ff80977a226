import type { Config } from "../config.ts"
import { count } from "../render/amount.ts"
import type { CommandLine } from "./command-line.ts"

/** One row for each answer: what it is about, and its figures as PostgreSQL writes them. */
const answers = `
  (select 1 as place, title as name, release_year::text as year, trim_scale(round(average_rating, 2)) as figure, ratings as many
   from movies.highest_rated_films order by rank limit 1)
  union all
  (select 2, genre, null, share_of_ratings, users from movies.popular_genres order by rank limit 1)
  union all
  (select 3, to_char(make_date(2000, number, 1), 'FMMonth'), null, mean_adjusted, adjusted_films
   from movies.box_office_by_release where period = 'month'
   order by mean_adjusted desc nulls last, number limit 1)
  union all
  (select 4, genre, null, total_adjusted, films from movies.genre_earnings order by rank limit 1)
  order by place`

/** The first line of each of the four answers about films, in words. */
export async function filmAnswerLines(
  cli: CommandLine,
  config: Config,
): Promise<readonly string[]> {
  const { rows } = await cli.world.readPublished(config, { sql: answers, limit: 4 })
  const lines = rows.map((row) => sentence(Number(row["place"]), row))
  return lines.length === 0 ? [] : ["", "And about films:", ...lines.map((line) => `  ${line}`)]
}

function sentence(place: number, row: Readonly<Record<string, unknown>>): string {
  const name = String(row["name"])
  const figure = Number(row["figure"])
  const many = count(Number(row["many"]))
  switch (place) {
    case 1:
      return `The highest rated is ${name} (${String(row["year"])}): ${figure} of 5 stars from ${many} users.`
    case 2:
      return `The most popular genre is ${name}: ${figure} % of all ratings, from ${many} users.`
    case 3:
      return `Films released in ${name} earned most: ${millions(figure)} on average (${many} films).`
    default:
      return `The highest earning genre is ${name}: ${millions(figure)} with ${many} films.`
  }
}

/** Dollars of the base month, roughly. */
function millions(dollars: number): string {
  return `${count(Math.round(dollars / 1_000_000))} million USD at constant prices`
}
