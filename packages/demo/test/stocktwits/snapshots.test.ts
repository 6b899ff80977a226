import { describe, expect, test } from "vitest"

import {
  generateRoomsCsv,
  chooseSnapshotDays,
  generateUsersCsv,
} from "../../src/stocktwits/snapshots.ts"

const sizes = { users: 5_000, rooms: 1_000, eventsPerWeek: 0, malformedEvery: 1 }
const users = [0, 1, 2].map((snapshot) => rowsOf(generateUsersCsv({ seed: 3, sizes, snapshot })))
const rooms = [0, 1, 2].map((snapshot) => rowsOf(generateRoomsCsv({ seed: 3, sizes, snapshot })))

/** The rows without the header, their fields parted where a comma is not inside quotes. */
function rowsOf(csv: string): string[][] {
  const lines = csv.split("\n").slice(1, -1)
  return lines.map((line) => line.match(/"[^"]*"|[^,"]+/g) ?? [])
}

function counts(values: readonly (string | undefined)[]): Map<string, number> {
  const found = new Map<string, number>()
  for (const value of values) found.set(value ?? "", (found.get(value ?? "") ?? 0) + 1)
  return found
}

function listOf(field: string | undefined): string[] {
  return (field ?? "").replaceAll('"', "").split(",")
}

describe("the users file", () => {
  test("has the header and one row an id", () => {
    const [header, first] = generateUsersCsv({ seed: 3, sizes, snapshot: 0 }).split("\n")
    expect(header).toBe("id,username,experience,approach,holding_period,assets_traded")
    expect(first).toMatch(/^1,[a-z]+[A-Z][a-z]+\d+,/)
    expect(users[0]?.map((row) => Number(row[0]))).toEqual(
      Array.from({ length: 5_000 }, (_, i) => i + 1),
    )
  })

  test("has the vocabularies, each value about as often as it should be", () => {
    const experiences = counts(users[0]?.map((row) => row[2]) ?? [])
    const approaches = counts(users[0]?.map((row) => row[3]) ?? [])
    const periods = counts(users[0]?.map((row) => row[4]) ?? [])
    expect([experiences.size, approaches.size, periods.size]).toEqual([3, 6, 4])
    for (const count of experiences.values()) expect(count / 5_000).toBeCloseTo(1 / 3, 1)
    for (const count of approaches.values()) expect(count / 5_000).toBeCloseTo(1 / 6, 1)
    for (const count of periods.values()) expect(count / 5_000).toBeCloseTo(1 / 4, 1)
  })

  test("has one to three different classes of assets a user, of six", () => {
    const lists = users[0]?.map((row) => listOf(row[5])) ?? []
    expect(new Set(lists.map((list) => list.length))).toEqual(new Set([1, 2, 3]))
    expect(lists.filter((list) => new Set(list).size < list.length)).toEqual([])
    expect(counts(lists.flat()).size).toBe(6)
  })

  test("has names that are not unique, though nearly", () => {
    const names = new Set(users[0]?.map((row) => row[1]))
    expect(names.size).toBeLessThan(5_000)
    expect(names.size).toBeGreaterThan(4_900)
  })

  test("gains users from snapshot to snapshot, and a few change one attribute", () => {
    expect(users.map((rows) => rows.length)).toEqual([5_000, 5_005, 5_010])
    for (const [earlier, later] of [
      [users[0], users[1]],
      [users[1], users[2]],
    ]) {
      const changes = (earlier ?? []).map(
        (row, index) => row.filter((field, column) => later?.[index]?.[column] !== field).length,
      )
      const changed = changes.filter((fields) => fields > 0)
      expect(changed.length).toBeGreaterThan(2)
      expect(changed.length).toBeLessThan(25)
    }
  })
})

describe("the rooms file", () => {
  test("has the header, unique slugs and 23 topics, day trading first", () => {
    expect(generateRoomsCsv({ seed: 3, sizes, snapshot: 0 }).split("\n")[0]).toBe("id,slug,topics")
    expect(new Set(rooms[0]?.map((row) => row[1])).size).toBe(1_000)
    const topics = counts(rooms[0]?.flatMap((row) => listOf(row[2])) ?? [])
    expect(topics.size).toBe(23)
    expect(topics.get("Day Trading")).toBe(Math.max(...topics.values()))
  })

  test("gains rooms from snapshot to snapshot, and a few get other topics under the same slug", () => {
    expect(rooms.map((rows) => rows.length)).toEqual([1_000, 1_001, 1_002])
    const changed = rooms[0]?.filter((row, index) => rooms[1]?.[index]?.[2] !== row[2]) ?? []
    expect(changed.length).toBeGreaterThan(0)
    expect(rooms[0]?.map((row) => row[1])).toEqual(rooms[1]?.slice(0, 1_000).map((row) => row[1]))
  })
})

test.each([
  [1, [0]],
  [3, [0]],
  [7, [0, 3, 6]],
  [10, [0, 3, 6, 9]],
  [365, [0, 92, 184, 276]],
])("of %i days, the days %j have a snapshot", (days, expected) => {
  expect(chooseSnapshotDays({ from: 0, to: days - 1 })).toEqual(expected)
})
