import { expect, test } from "vitest"

import { aliasTable, drawIndex } from "../../src/demo-data/alias-table.ts"
import { randomFrom, shuffledIds } from "../../src/demo-data/random.ts"
import { zipfWeights } from "../../src/demo-data/zipf.ts"

test.each([0, 0.5, 0.8, 1])("weights fall as rank to the power of %d", (exponent) => {
  const weights = zipfWeights(1000, exponent)
  for (const rank of [1, 2, 10, 999]) {
    expect((weights[rank - 1] ?? 0) / 2 ** 32).toBeCloseTo(rank ** -exponent, 6)
  }
})

test("an alias table draws each index as often as its weight", () => {
  const random = randomFrom(1, "draws")
  const table = aliasTable([5, 0, 1, 4])
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
  const firsts = keys.map((parts) => randomFrom(...parts).next())
  expect(new Set(firsts).size).toBe(keys.length)
  expect(keys.map((parts) => randomFrom(...parts).next())).toEqual(firsts)
})

test("shuffled ids are all of them, in another order", () => {
  const ids = [...shuffledIds(100, randomFrom(1))]
  expect(ids).not.toEqual(ids.toSorted((a, b) => a - b))
  expect(ids.toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 100 }, (_, index) => index + 1),
  )
})
