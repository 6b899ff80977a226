import fc from "fast-check"
import { expect, test } from "vitest"

import { intersection, partitionsRead, partitionsReading } from "../../src/index.ts"
import type { Window } from "../../src/index.ts"

const offset = fc.integer({ min: -40, max: 0 })
const anyWindow: fc.Arbitrary<Window> = fc.oneof(
  fc.constantFrom<Window>(
    { kind: "same" },
    { kind: "latest" },
    { kind: "all" },
    { kind: "up_to" },
    { kind: "previous" },
  ),
  fc.tuple(offset, offset).map(([one, other]) => ({
    kind: "offsets" as const,
    from: Math.min(one, other),
    to: Math.max(one, other),
    onShortWindow: "truncate" as const,
  })),
)
const index = fc.integer({ min: 20_000, max: 20_100 })
const within = ({ from, to }: { from: number; to: number }, each: number) =>
  from <= each && each <= to

test("for every window p reads q exactly when q is read by p", () => {
  fc.assert(
    fc.property(anyWindow, index, index, (window, p, q) => {
      expect(within(partitionsRead(window, p), q)).toBe(within(partitionsReading(window, q), p))
    }),
    { numRuns: 2000 },
  )
})

test.each<[Window, [number, number], [number, number]]>([
  [{ kind: "same" }, [10, 10], [10, 10]],
  [{ kind: "previous" }, [9, 9], [11, 11]],
  [{ kind: "all" }, [-Infinity, Infinity], [-Infinity, Infinity]],
  [{ kind: "up_to" }, [-Infinity, 10], [10, Infinity]],
  [{ kind: "latest" }, [-Infinity, 10], [10, Infinity]],
  [{ kind: "offsets", from: -6, to: 0, onShortWindow: "skip" }, [4, 10], [10, 16]],
  [{ kind: "offsets", from: -7, to: -1, onShortWindow: "error" }, [3, 9], [11, 17]],
])("the windows of partition 10, both ways: %#", (window, reads, readBy) => {
  const range = ([from, to]: [number, number]) => ({ from, to })
  expect(partitionsRead(window, 10)).toEqual(range(reads))
  expect(partitionsReading(window, 10)).toEqual(range(readBy))
})

test("an intersection is what both ranges have, or nothing", () => {
  expect(intersection({ from: 1, to: 5 }, { from: 3, to: 9 })).toEqual({ from: 3, to: 5 })
  expect(intersection({ from: 1, to: 5 }, { from: 5, to: 9 })).toEqual({ from: 5, to: 5 })
  expect(intersection({ from: 1, to: 5 }, { from: 6, to: 9 })).toBeUndefined()
})
