import { parseDay, type Problem } from "@freshet/core/engine"

/** Options of the generator. The same options give the same bytes on any machine. */
export interface StocktwitsDemoOptions {
  /** Number of days, the last of them `until`. */
  readonly days: number
  readonly scale: DemoScale
  readonly seed: number
  /** The last day, as YYYY-MM-DD. */
  readonly until: string
  /** The folder of the landing zone; created if missing. */
  readonly landing: string
  /** Includes malformed lines, about one in 20,000. */
  readonly malformed: boolean
  /** Omits the activity file of about one day in ten (never the first or last; none in fewer than five days). */
  readonly gaps: boolean
}

/** S: 200 thousand events a week. M: 5 million. L: 50 million. */
export type DemoScale = "S" | "M" | "L"

/** Size of the population, and its events in a week. */
export interface StocktwitsDemoSizes {
  readonly users: number
  readonly rooms: number
  readonly eventsPerWeek: number
  /** One malformed line in this many. */
  readonly malformedEvery: number
}

/** Sizes of each scale. */
export const stocktwitsDemoSizes: Readonly<Record<DemoScale, StocktwitsDemoSizes>> = {
  S: { users: 5_000, rooms: 1_000, eventsPerWeek: 200_000, malformedEvery: 20_000 },
  M: { users: 50_000, rooms: 5_000, eventsPerWeek: 5_000_000, malformedEvery: 20_000 },
  L: { users: 500_000, rooms: 20_000, eventsPerWeek: 50_000_000, malformedEvery: 20_000 },
}

const FIRST_DAY = "2002-01-01"

/** Finds all problems of the options. */
export function findOptionProblems(options: StocktwitsDemoOptions): Problem[] {
  const problem = (message: string): Problem => ({ kind: "demo_data", message })
  const problems: Problem[] = []
  if (!Number.isSafeInteger(options.days) || options.days < 1) {
    problems.push(problem(`${options.days} is not a number of days: give a whole number from 1`))
  }
  if (!Number.isSafeInteger(options.seed)) {
    problems.push(problem(`${options.seed} is not a seed: give a whole number`))
  }
  const until = parseDay(options.until)
  if (until === undefined) {
    problems.push(problem(`"${options.until}" is not a day: write it as YYYY-MM-DD`))
  } else if (until - options.days + 1 < (parseDay(FIRST_DAY) ?? 0)) {
    problems.push(
      problem(`the first day is before ${FIRST_DAY}: give a later last day or fewer days`),
    )
  }
  return problems
}
