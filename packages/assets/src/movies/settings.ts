/** Settings of the film reports. Each value is part of the code version of the assets that use it. */
export interface MoviesSettings {
  /** Base month of constant prices, as YYYY-MM. */
  readonly baseMonth: string
  /** Minimum number of ratings of a listed film; also the number of average ratings added to its own for the score. */
  readonly minimumRatings: number
  /** Number of films listed as the highest rated. */
  readonly highestRated: number
}

export const defaultMoviesSettings: MoviesSettings = {
  baseMonth: "2020-01",
  minimumRatings: 50,
  highestRated: 250,
}

/** Returns the first day of the base month. Throws a RangeError if it is not a month. */
export function toBaseMonthDay({ baseMonth }: Pick<MoviesSettings, "baseMonth">): string {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(baseMonth))
    throw new RangeError(`"${baseMonth}" is not a month: write it as YYYY-MM`)
  return `${baseMonth}-01`
}
