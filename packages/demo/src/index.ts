export { groups } from "./groups.ts"
export { writeMovies, writeMoviesInSizes } from "./movies/write-movies.ts"
export { writeStocktwits, writeStocktwitsInSizes } from "./stocktwits/write-stocktwits.ts"
export { writeReputationInSizes } from "./reputation/write-reputation.ts"
