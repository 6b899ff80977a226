import { expect, test } from "vitest"

import { computeClock, createLiveDemo } from "../../src/data/live-demo.ts"

const dayMs = 86_400_000
const realMs = Date.parse("2026-02-10T07:30:00Z")
const toDay = (key: string) => Date.parse(key) / dayMs

test.each([
  ["2026-01-05", "2026-01-06T07:30:00.000Z"],
  ["2026-02-09", "2026-02-10T07:30:00.000Z"],
  ["2026-02-12", "2026-02-10T07:30:00.000Z"],
])("after the day %s has landed the clock is %s, never later than the real one", (key, clock) => {
  expect(new Date(computeClock(toDay(key), realMs)).toISOString()).toBe(clock)
})

test("without a landed day the clock is the real one", () => {
  expect(computeClock(undefined, realMs)).toBe(realMs)
})

test("an object store as a landing zone is wrong usage", () => {
  expect(() => createLiveDemo("s3://landing/zone")).toThrow("lands files in a folder")
})
