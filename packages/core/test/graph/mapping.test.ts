import fc from "fast-check"
import { describe, expect, test } from "vitest"

import {
  findPartition,
  formatPartitionKey,
  getPartitionAt,
  intersectRanges,
  listPartitionsRead,
  listPartitionsReading,
  toTimeInterval,
  type PartitionRange,
  type Window,
} from "../../src/engine.ts"
import { type Mapping, buildMapping } from "../../src/graph/mapping.ts"
import {
  daily,
  hourly,
  monthly,
  staticKeys,
  unpartitioned,
  weekly,
  type Partitions,
  type Timed,
} from "../../src/index.ts"

const offset = fc.integer({ min: -40, max: 0 })
const offsets = fc
  .tuple(offset, offset)
  .map(([one, other]): Extract<Window, { kind: "offsets" }> => ({
    kind: "offsets",
    from: Math.min(one, other),
    to: Math.max(one, other),
    onShortWindow: "truncate",
  }))
const anyWindow: fc.Arbitrary<Window> = fc.oneof(
  fc.constantFrom<Window>(
    { kind: "same" },
    { kind: "latest" },
    { kind: "all" },
    { kind: "up_to" },
    { kind: "previous" },
  ),
  offsets,
)
const within = ({ from, to }: PartitionRange, each: number) => from <= each && each <= to

const zones = ["UTC", "America/New_York", "Asia/Kathmandu", "Europe/London", "Pacific/Apia"]

/** The pairs of granularities of one zone that nest. */
function timed(zone: string): readonly (readonly [Timed, Timed])[] {
  const granularities = [
    hourly({ start: "2026-01-01T00", zone }),
    daily({ start: "2026-01-01", zone }),
    weekly({ start: "2026-W01", zone }),
    monthly({ start: "2026-01", zone }),
  ]
  const pairs = granularities.flatMap((reader) =>
    granularities.map((upstream) => [reader, upstream] as const),
  )
  return pairs.filter(
    ([{ kind: one }, { kind: other }]) => new Set([one, other, "weekly", "monthly"]).size > 2,
  )
}

/** Two granularities of one zone that nest, and an instant of 2026. */
const acrossGranularities = fc
  .tuple(fc.constantFrom(...zones), fc.nat(), fc.nat({ max: 365 * 24 - 1 }))
  .map(([zone, pick, hour]) => {
    const pairs = timed(zone)
    const [reader, upstream] = pairs[pick % pairs.length]!
    return { reader, upstream, instantMs: Date.UTC(2026, 0, 1) + hour * 3_600_000 }
  })

describe("for every window, p reads q exactly when q is read by p", () => {
  test("within one granularity", () => {
    const index = fc.integer({ min: 20_000, max: 20_100 })
    const granularities: readonly Partitions[] = [daily({ start: "2026-01-01" }), unpartitioned]
    fc.assert(
      fc.property(
        anyWindow,
        fc.constantFrom(...granularities),
        index,
        index,
        (window, partitions, p, q) => {
          const mapping = buildMapping(window, partitions, partitions)
          expect(within(listPartitionsRead(mapping, p), q)).toBe(
            within(listPartitionsReading(mapping, q), p),
          )
        },
      ),
      { numRuns: 1000 },
    )
  })

  test("between granularities of time, near p and at the edges of its window", () => {
    fc.assert(
      fc.property(acrossGranularities, anyWindow, ({ reader, upstream, instantMs }, window) => {
        const mapping = buildMapping(window, reader, upstream)
        const p = getPartitionAt(reader, instantMs)
        const read = listPartitionsRead(mapping, p)
        const edges = [read.from, read.to].filter(Number.isFinite).flatMap((q) => [q - 1, q, q + 1])
        for (const q of [...edges, getPartitionAt(upstream, instantMs)])
          expect(within(read, q)).toBe(within(listPartitionsReading(mapping, q), p))
      }),
      { numRuns: 2000 },
    )
  })
})

test("between granularities p reads exactly the partitions that overlap its window in time", () => {
  const small = fc.tuple(fc.integer({ min: -3, max: 0 }), fc.integer({ min: -3, max: 0 }))
  fc.assert(
    fc.property(acrossGranularities, small, ({ reader, upstream, instantMs }, [one, other]) => {
      const [from, to] = [Math.min(one, other), Math.max(one, other)]
      const p = getPartitionAt(reader, instantMs)
      const [startMs, endMs] = [
        toTimeInterval(reader, p + from).startMs,
        toTimeInterval(reader, p + to).endMs,
      ]
      const window: Window = { kind: "offsets", from, to, onShortWindow: "truncate" }
      expect(listPartitionsRead(buildMapping(window, reader, upstream), p)).toEqual({
        from: getPartitionAt(upstream, startMs),
        to: getPartitionAt(upstream, endMs - 1),
      })
    }),
    { numRuns: 1000 },
  )
})

const days = daily({ start: "2026-01-01" })

test.each<[Window, [number, number], [number, number]]>([
  [{ kind: "same" }, [10, 10], [10, 10]],
  [{ kind: "previous" }, [9, 9], [11, 11]],
  [{ kind: "all" }, [-Infinity, Infinity], [-Infinity, Infinity]],
  [{ kind: "up_to" }, [-Infinity, 10], [10, Infinity]],
  [{ kind: "latest" }, [-Infinity, 10], [10, Infinity]],
  [{ kind: "offsets", from: -6, to: 0, onShortWindow: "skip" }, [4, 10], [10, 16]],
  [{ kind: "offsets", from: -7, to: -1, onShortWindow: "error" }, [3, 9], [11, 17]],
])(
  "the partitions that partition 10 reads and that read it: window %#",
  (window, reads, readBy) => {
    const range = ([from, to]: [number, number]) => ({ from, to })
    const mapping = buildMapping(window, days, days)
    expect(listPartitionsRead(mapping, 10)).toEqual(range(reads))
    expect(listPartitionsReading(mapping, 10)).toEqual(range(readBy))
  },
)

/** The partitions that a partition reads, or that read it, as keys: `2026-01-01 to 2026-01-31`. */
function keys(
  partitions: Partitions,
  along: (mapping: Mapping, index: number) => PartitionRange,
  [window, reader, upstream, key]: readonly [Window, Partitions, Partitions, string],
): string {
  const index = findPartition(along === listPartitionsRead ? reader : upstream, key)
  const { from, to } = along(buildMapping(window, reader, upstream), index!)
  return `${formatPartitionKey(partitions, from)} to ${formatPartitionKey(partitions, to)}`
}

const [hours, weeks, months] = [
  hourly({ start: "2026-01-01T00" }),
  weekly({ start: "2026-W01" }),
  monthly({ start: "2026-01" }),
]
const same: Window = { kind: "same" }
const last3: Window = { kind: "offsets", from: -2, to: 0, onShortWindow: "truncate" }

test.each<[string, string, Parameters<typeof keys>[2]]>([
  ["a month reads its days", "2026-02-01 to 2026-02-28", [same, months, days, "2026-02"]],
  ["a week reads its days", "2025-12-29 to 2026-01-04", [same, weeks, days, "2026-W01"]],
  ["a day reads its hours", "2026-01-05T00 to 2026-01-05T23", [same, days, hours, "2026-01-05"]],
  [
    "an hour reads the day around it",
    "2026-01-05 to 2026-01-05",
    [same, hours, days, "2026-01-05T10"],
  ],
  ["a day reads its month", "2026-01 to 2026-01", [same, days, months, "2026-01-05"]],
  [
    "a window of three months reads their days",
    "2025-12-01 to 2026-02-28",
    [last3, months, days, "2026-02"],
  ],
  [
    "a window of three days reads their months",
    "2025-12 to 2026-01",
    [last3, days, months, "2026-01-02"],
  ],
])("%s", (_, expected, read) => {
  expect(keys(read[2], listPartitionsRead, read)).toBe(expected)
})

test.each<[string, string, Parameters<typeof keys>[2]]>([
  ["a day is read by its month", "2026-02 to 2026-02", [same, months, days, "2026-02-03"]],
  [
    "a day is read by the windows of three months",
    "2026-02 to 2026-04",
    [last3, months, days, "2026-02-03"],
  ],
  ["a month is read by its days", "2026-01-01 to 2026-01-31", [same, days, months, "2026-01"]],
  [
    "a month is read by its days and two more with windows of three",
    "2026-01-01 to 2026-02-02",
    [last3, days, months, "2026-01"],
  ],
  ["an hour is read by its day", "2026-01-05 to 2026-01-05", [same, days, hours, "2026-01-05T10"]],
])("%s", (_, expected, read) => {
  expect(keys(read[1], listPartitionsReading, read)).toBe(expected)
})

test("a day of 23 hours reads 23 hours, and a day of 25 hours reads 25", () => {
  const zone = "America/New_York"
  const [local, hour] = [
    daily({ start: "2026-01-01", zone }),
    hourly({ start: "2026-01-01T00", zone }),
  ]
  const read = (day: string) => {
    const range = listPartitionsRead(buildMapping(same, local, hour), findPartition(local, day)!)
    return range.to - range.from + 1
  }
  expect(["2026-03-08", "2026-07-01", "2026-11-01"].map(read)).toEqual([23, 24, 25])
})

test("a key reads the same key of an equal list, and all partitions of time", () => {
  const keys = staticKeys(["eu", "us"])
  expect(listPartitionsRead(buildMapping(same, keys, keys), 1)).toEqual({ from: 1, to: 1 })
  const everything = { from: -Infinity, to: Infinity }
  expect(listPartitionsRead(buildMapping({ kind: "all" }, keys, days), 1)).toEqual(everything)
  expect(listPartitionsReading(buildMapping({ kind: "all" }, days, keys), 1)).toEqual(everything)
})

test("the intersection of disjoint ranges is undefined", () => {
  expect(intersectRanges({ from: 1, to: 5 }, { from: 3, to: 9 })).toEqual({ from: 3, to: 5 })
  expect(intersectRanges({ from: 1, to: 5 }, { from: 5, to: 9 })).toEqual({ from: 5, to: 5 })
  expect(intersectRanges({ from: 1, to: 5 }, { from: 6, to: 9 })).toBeUndefined()
})
