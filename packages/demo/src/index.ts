export { writeMovies, writeMoviesInSizes } from "./movies/write-movies.ts"
export { writeStocktwits, writeStocktwitsInSizes } from "./stocktwits/write-stocktwits.ts"
