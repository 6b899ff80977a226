import { parseCron } from "../automation/cron.ts"

/** The rule by which Freshet materializes assets without a person. */
export type Automation = CronAutomation | ArrivalAutomation | StaleAutomation

/** Materializes at the instants of a cron expression in an IANA time zone. */
export interface CronAutomation {
  readonly kind: "cron"
  readonly cron: string
  readonly zone: string
  readonly catchUp: CatchUp
}

/** The rule for ticks that passed while no scheduler ran: the newest of them runs (the default), all run, or none. */
export type CatchUp = "latest" | "all" | "none"

/** Materializes what reads newly landed files, once the files are settled. */
export interface ArrivalAutomation {
  readonly kind: "arrival"
  /** The time between two looks at the landing zone. A file with the same content in two looks is settled. */
  readonly everySeconds: number
}

/** Materializes the newest partition as soon as it is missing or stale. */
export interface StaleAutomation {
  readonly kind: "stale"
}

/** Group → the automation of its assets, except those with one of their own. */
export type GroupAutomation = Readonly<Record<string, Automation>>

/**
 * Declares ticks at the instants of a cron expression (five fields, or a name such as `@daily`) in `zone`. A local
 * time that clocks skip runs at the next time that exists; one that they repeat runs once, unless the expression has
 * a wildcard in minutes or hours. Throws a RangeError for an invalid expression or zone.
 */
export function schedule(
  cron: string,
  { zone, catchUp = "latest" }: { readonly zone: string; readonly catchUp?: CatchUp },
): CronAutomation {
  const automation = { kind: "cron", cron, zone, catchUp } as const
  parseCron(automation)
  return automation
}

/** Declares a tick for each arrival of settled files. The landing zone is looked at every 30 seconds unless declared. Throws a RangeError unless that is 1 to 86,400 seconds. */
export function onArrival({
  everySeconds = 30,
}: { readonly everySeconds?: number } = {}): ArrivalAutomation {
  if (!(everySeconds >= 1 && everySeconds <= 86_400))
    throw new RangeError(`everySeconds is 1 to 86,400, not ${everySeconds}`)
  return { kind: "arrival", everySeconds }
}

/** Declares a tick whenever the newest partition is missing or stale and its inputs are ready. */
export function whenStale(): StaleAutomation {
  return { kind: "stale" }
}
