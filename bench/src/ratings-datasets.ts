/** Every dataset that both sides make of the ratings. */
export const ratingsDatasets: readonly string[] = [
  "ratings",
  "ratings_without_film",
  "film_ratings",
  "highest_rated_films",
  "popular_genres",
]

/** The datasets of films that must be there first. */
export const catalogueDatasets: readonly string[] = ["movies", "genres", "movie_genres"]
