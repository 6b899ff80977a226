import { formatCount } from "@freshet/core/engine"
import { readPublished, type Services } from "@freshet/services"

/** One row for each answer: what it is about, and its figures as PostgreSQL writes them. */
const highlightsQuery = `
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
export async function readFilmHighlights(services: Services): Promise<readonly string[]> {
  const { rows } = await readPublished(services, { sql: highlightsQuery, limit: 4 })
  const lines = rows.map((row) => formatHighlight(Number(row["place"]), row))
  return lines.length === 0 ? [] : ["", "And about films:", ...lines.map((line) => `  ${line}`)]
}

function formatHighlight(place: number, row: Readonly<Record<string, unknown>>): string {
  const name = String(row["name"])
  const figure = Number(row["figure"])
  const countText = formatCount(Number(row["many"]))
  switch (place) {
    case 1:
      return `The highest rated is ${name} (${String(row["year"])}): ${figure} of 5 stars from ${countText} users.`
    case 2:
      return `The most popular genre is ${name}: ${figure} % of all ratings, from ${countText} users.`
    case 3:
      return `Films released in ${name} earned most: ${formatMillions(figure)} on average (${countText} films).`
    default:
      return `The highest earning genre is ${name}: ${formatMillions(figure)} with ${countText} films.`
  }
}

/** Dollars of the base month, roughly. */
function formatMillions(dollars: number): string {
  return `${formatCount(Math.round(dollars / 1_000_000))} million USD at constant prices`
}
