import { formatCount } from "@freshet/core/engine"
import type { FilmHighlightDocument } from "@freshet/services"

/** Formats the first row of each report about films as a sentence. */
export function formatFilmHighlights(films: readonly FilmHighlightDocument[]): readonly string[] {
  if (films.length === 0) return []
  return ["", "And about films:", ...films.map((film) => `  ${formatHighlight(film)}`)]
}

function formatHighlight({ report, name, year, figure, count }: FilmHighlightDocument): string {
  const countText = formatCount(count)
  switch (report) {
    case "highest_rated":
      return `The highest rated is ${name} (${year ?? ""}): ${figure} of 5 stars from ${countText} users.`
    case "popular_genre":
      return `The most popular genre is ${name}: ${figure} % of all ratings, from ${countText} users.`
    case "release_month":
      return `Films released in ${name} earned most: ${formatMillions(figure)} on average (${countText} films).`
    case "earning_genre":
      return `The highest earning genre is ${name}: ${formatMillions(figure)} with ${countText} films.`
  }
}

/** Formats dollars of the base month in millions. */
function formatMillions(dollars: number): string {
  return `${formatCount(Math.round(dollars / 1_000_000))} million USD at constant prices`
}
