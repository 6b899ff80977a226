import type { DemoScale } from "../stocktwits/options.ts"

/** Numbers of films and of ratings. */
export interface MoviesDemoSizes {
  readonly films: number
  readonly users: number
  readonly ratings: number
  /** One malformed line of ratings in this many. */
  readonly malformedEvery: number
}

/** Sizes of each scale; L is as large as the original. */
export const moviesDemoSizes: Readonly<Record<DemoScale, MoviesDemoSizes>> = {
  S: { films: 1_000, users: 400, ratings: 40_000, malformedEvery: 10_000 },
  M: { films: 9_000, users: 10_000, ratings: 1_000_000, malformedEvery: 100_000 },
  L: { films: 45_000, users: 270_000, ratings: 26_000_000, malformedEvery: 1_000_000 },
}
