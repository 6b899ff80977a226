import { parseDay, type Problem } from "@freshet/core/engine"

/** What to generate. The same options give the same bytes, on any machine. */
export interface StocktwitsDemoOptions {
  /** How many days, the last of them `until`. */
  readonly days: number
  readonly scale: DemoScale
  readonly seed: number
  /** The last day, as YYYY-MM-DD. */
  readonly until: string
  /** The folder of the landing zone; made when it is not there. */
  readonly landing: string
  /** Whether about one line in 20,000 is malformed. */
  readonly malformed: boolean
  /** Whether about one day in ten has no activity file (never the first or last; none in fewer than five days). */
  readonly gaps: boolean
}

/** S: 200 thousand events a week. M: 5 million. L: 50 million. */
export type DemoScale = "S" | "M" | "L"

/** How large the population is, and how much it does in a week. */
export interface StocktwitsDemoSizes {
  readonly users: number
  readonly rooms: number
  readonly eventsPerWeek: number
  /** One malformed line in this many. */
  readonly malformedEvery: number
}

/** The sizes behind each scale. */
export const stocktwitsDemoSizes: Readonly<Record<DemoScale, StocktwitsDemoSizes>> = {
  S: { users: 5_000, rooms: 1_000, eventsPerWeek: 200_000, malformedEvery: 20_000 },
  M: { users: 50_000, rooms: 5_000, eventsPerWeek: 5_000_000, malformedEvery: 20_000 },
  L: { users: 500_000, rooms: 20_000, eventsPerWeek: 50_000_000, malformedEvery: 20_000 },
}

const FIRST_DAY = "2002-01-01"

/** What is wrong with the options, all at once; empty when they can be generated. */
export function findOptionProblems(options: StocktwitsDemoOptions): Problem[] {
  const problem = (message: string): Problem => ({ kind: "demo_data", message })
  const problems: Problem[] = []
  if (!Number.isSafeInteger(options.days) || options.days < 1) {
    problems.push(problem(`${options.days} days cannot be generated: give a whole number from 1`))
  }
  if (!Number.isSafeInteger(options.seed)) {
    problems.push(problem(`${options.seed} is not a seed: give a whole number`))
  }
  const until = parseDay(options.until)
  if (until === undefined) {
    problems.push(problem(`"${options.until}" is not a day: write it as YYYY-MM-DD`))
  } else if (until - options.days + 1 < (parseDay(FIRST_DAY) ?? 0)) {
    problems.push(problem(`the days begin before ${FIRST_DAY}: give a later day or fewer of them`))
  }
  return problems
}
