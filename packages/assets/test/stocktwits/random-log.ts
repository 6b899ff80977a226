import * as fc from "fast-check"

import type { OracleInput, OracleSettings } from "./oracle/stocktwits-oracle.ts"
import { randomActivityLine } from "./random-activity-line.ts"
import { randomSnapshots } from "./random-snapshots.ts"

export interface RandomCase {
  readonly input: OracleInput
  readonly settings: OracleSettings
  /** A day between the first and the last landed one, a gap included. */
  readonly day: string
}

/** Nine days across the end of a month. */
const activityDays = Array.from({ length: 9 }, (_, index) =>
  new Date(Date.UTC(2026, 0, 28 + index)).toISOString().slice(0, 10),
)

/** Landed before any activity can be, so that every day has a snapshot not after it. */
const firstSnapshotDay = "2026-01-27"

/**
 * Small logs in which few ids meet often: gaps, empty files, likes before, after and long after
 * their message, ids used twice, equal lines, self-mentions, and malformed lines of every kind.
 */
function randomLog(): fc.Arbitrary<OracleInput> {
  return fc.record({
    activity: fc
      .oneof(
        { weight: 1, arbitrary: fc.subarray(activityDays, { minLength: 1 }) },
        { weight: 2, arbitrary: fc.subarray(activityDays, { minLength: 5 }) },
      )
      .chain((days) => fc.tuple(...days.map((day) => fc.tuple(fc.constant(day), randomLines()))))
      .map((days) => new Map(days)),
    users: randomSnapshots("users", firstSnapshotDay, activityDays),
    rooms: randomSnapshots("rooms", firstSnapshotDay, activityDays),
  })
}

/** Settings small enough for limits and windows to cut. */
function randomSettings(): fc.Arbitrary<OracleSettings> {
  return fc.record({
    days: fc.constantFrom(1, 2, 3, 7),
    closest: fc.constantFrom(1, 2, 3, 10),
    recommendations: fc.constantFrom(1, 2, 10),
    selfEngagements: fc.constantFrom("drop", "keep"),
    alreadyConnected: fc.constantFrom("to_date", "window"),
  })
}

export function randomCase(): fc.Arbitrary<RandomCase> {
  return fc.tuple(randomLog(), randomSettings()).chain(([input, settings]) => {
    const landedDays = [...input.activity.keys()].toSorted()
    const coveredDays = activityDays.filter(
      (day) => day >= (landedDays[0] ?? "") && day <= (landedDays.at(-1) ?? ""),
    )
    return fc.record({
      input: fc.constant(input),
      settings: fc.constant(settings),
      day: fc.oneof(
        fc.constantFrom(...coveredDays.slice(-1)),
        fc.constantFrom(...coveredDays.toReversed()),
      ),
    })
  })
}

/** Lines of which some are there several times, in any order. */
function randomLines(): fc.Arbitrary<readonly string[]> {
  const times = fc.oneof({ weight: 8, arbitrary: fc.constant(1) }, fc.integer({ min: 2, max: 3 }))
  return fc
    .array(fc.tuple(randomActivityLine(), times), { maxLength: 25, size: "max" })
    .map((lines) => lines.flatMap(([line, count]) => Array.from({ length: count }, () => line)))
    .chain((lines) => fc.shuffledSubarray(lines, { minLength: lines.length }))
}
