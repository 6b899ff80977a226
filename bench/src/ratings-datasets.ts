/** Datasets of the ratings that both sides write. */
export const ratingsDatasets: readonly string[] = [
  "ratings",
  "ratings_without_film",
  "film_ratings",
  "highest_rated_films",
  "popular_genres",
]

/** Datasets of films that must exist first. */
export const catalogueDatasets: readonly string[] = ["movies", "genres", "movie_genres"]
