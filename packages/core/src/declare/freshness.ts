import { assertZone } from "../partitions/zone.ts"

/** The deadline of a day's partition: `time` on the day after it, in `zone`. An asset is overdue by the clock and stale by content. */
export interface Freshness {
  readonly kind: "due_by"
  readonly time: string
  readonly zone: string
}

/** Declares partitions due at `time` (HH:MM) in `zone` on the day after their own. Throws a RangeError for an invalid time or zone. */
export function dueBy(time: string, zone: string): Freshness {
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(time))
    throw new RangeError(`"${time}" is not a time: write it as HH:MM`)
  assertZone(zone)
  return { kind: "due_by", time, zone }
}
