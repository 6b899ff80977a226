import { Cron } from "croner"

import { assertZone } from "../partitions/zone.ts"

/** A cron expression in a time zone. */
interface ZonedCron {
  readonly cron: string
  readonly zone: string
}

const parsedCrons = new Map<string, Cron>() // "0 6 * * * UTC" → its parsed expression

/** Parses a cron expression; the result is cached. Throws a RangeError for an invalid expression or zone. */
export function parseCron({ cron, zone }: ZonedCron): Cron {
  const key = `${cron} ${zone}`
  const cachedCron = parsedCrons.get(key)
  if (cachedCron !== undefined) return cachedCron
  assertZone(zone)
  // Without a zone, because a zone's first conversion takes tens of milliseconds
  if (createCron(cron, { utcOffset: 0 }).nextRun(new Date(0)) === null)
    throw new RangeError(`"${cron}" names no time that ever comes`)
  const parsed = createCron(cron, { timezone: zone })
  parsedCrons.set(key, parsed)
  return parsed
}

function createCron(
  cron: string,
  clock: { readonly timezone: string } | { readonly utcOffset: 0 },
): Cron {
  try {
    return new Cron(cron, { ...clock, mode: "5-part", fixedTimeRule: "no-wildcard" })
  } catch (cause) {
    const message = `"${cron}" is not a cron expression: write five fields, minute hour day month weekday, as in "0 6 * * *"`
    throw new RangeError(message, { cause })
  }
}

/** Lists the instants of a cron expression after `afterMs` and up to `untilMs`, at most `limit`, the oldest first. */
export function listCronTicks(
  cron: ZonedCron,
  { afterMs, untilMs, limit }: { afterMs: number; untilMs: number; limit: number },
): readonly number[] {
  const ticks: number[] = []
  let tickMs = findNextTick(cron, afterMs)
  while (tickMs !== undefined && tickMs <= untilMs && ticks.length < limit) {
    ticks.push(tickMs)
    tickMs = findNextTick(cron, tickMs)
  }
  return ticks
}

/** Finds the first instant of a cron expression after `afterMs`; undefined when there is none. */
export function findNextTick(cron: ZonedCron, afterMs: number): number | undefined {
  return parseCron(cron).nextRun(new Date(afterMs))?.getTime()
}

/** Finds the last instant of a cron expression in an interval, the end included. */
export function findLastTick(
  cron: ZonedCron,
  { afterMs, untilMs }: { readonly afterMs: number; readonly untilMs: number },
): number | undefined {
  const [previous] = parseCron(cron).previousRuns(1, new Date(untilMs + 1))
  return previous !== undefined && previous.getTime() > afterMs ? previous.getTime() : undefined
}
