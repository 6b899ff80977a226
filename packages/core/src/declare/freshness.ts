import { assertZone } from "../partitions/zone.ts"

/** By when a day's partition should be there: `time` on the day after it, in `zone`. Overdue is about the clock, stale about content. */
export interface Freshness {
  readonly kind: "due_by"
  readonly time: string
  readonly zone: string
}

/** Due at `time` (HH:MM) in `zone` on the day after the partition's. Throws a RangeError for what is no time or no zone. */
export function dueBy(time: string, zone: string): Freshness {
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(time))
    throw new RangeError(`"${time}" is not a time: HH:MM`)
  assertZone(zone)
  return { kind: "due_by", time, zone }
}
