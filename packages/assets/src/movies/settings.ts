/** What one may choose about the answers. Each value is part of the code version of what depends on it. */
export interface MoviesSettings {
  /** The month, as YYYY-MM, in whose prices earnings are told. */
  readonly baseMonth: string
  /** How many ratings a film needs to be listed; also how many average ratings are added to its own when it is scored. */
  readonly minimumRatings: number
  /** How many films are listed as the highest rated. */
  readonly highestRated: number
}

export const defaultMoviesSettings: MoviesSettings = {
  baseMonth: "2020-01",
  minimumRatings: 50,
  highestRated: 250,
}

/** The first day of the base month. Throws a RangeError for what is no month. */
export function toBaseMonthDay({ baseMonth }: Pick<MoviesSettings, "baseMonth">): string {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(baseMonth))
    throw new RangeError(`"${baseMonth}" is not a month: write it as YYYY-MM`)
  return `${baseMonth}-01`
}
