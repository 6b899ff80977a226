import { createRandom, shuffleIds } from "@freshet/core/engine"
import { expect, test } from "vitest"

import { buildAliasTable, drawIndex } from "../src/alias-table.ts"
import { computeZipfWeights } from "../src/zipf.ts"

test.each([0, 0.5, 0.8, 1])("weights fall as rank to the power of %d", (exponent) => {
  const weights = computeZipfWeights(1000, exponent)
  for (const rank of [1, 2, 10, 999]) {
    expect((weights[rank - 1] ?? 0) / 2 ** 32).toBeCloseTo(rank ** -exponent, 6)
  }
})

test("an alias table draws each index as often as its weight", () => {
  const random = createRandom(1, "draws")
  const table = buildAliasTable([5, 0, 1, 4])
  const counts = [0, 0, 0, 0]
  for (let draw = 0; draw < 100_000; draw += 1) {
    const index = drawIndex(table, random)
    counts[index] = (counts[index] ?? 0) + 1
  }
  expect(counts[0]).toBeCloseTo(50_000, -3)
  expect(counts[1]).toBe(0)
  expect(counts[2]).toBeCloseTo(10_000, -3)
  expect(counts[3]).toBeCloseTo(40_000, -3)
})

test("a stream belongs to all of its keys", () => {
  const keys = [[1], [2], [1, "a"], [1, "b"], [1, "a", 0], [1 + 2 ** 32], [-1]]
  const firsts = keys.map((parts) => createRandom(...parts).next())
  expect(new Set(firsts).size).toBe(keys.length)
  expect(keys.map((parts) => createRandom(...parts).next())).toEqual(firsts)
})

test("shuffled ids are all of them, in another order", () => {
  const ids = [...shuffleIds(100, createRandom(1))]
  expect(ids).not.toEqual(ids.toSorted((a, b) => a - b))
  expect(ids.toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 100 }, (_, index) => index + 1),
  )
})
