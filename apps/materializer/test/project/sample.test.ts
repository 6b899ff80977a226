import { type PartitionRange, partitionCount, partitionsIn } from "@freshet/core"
import { expect, test } from "vitest"

import { randomFrom } from "../../src/demo-data/random.ts"
import { sampleOf } from "../../src/project/sample.ts"

const ranges: readonly PartitionRange[] = [
  { from: 10, to: 19 },
  { from: 30, to: 30 },
  { from: 40, to: 128 },
]

function sampled(percent: number, seed: number): readonly number[] {
  return [...partitionsIn(sampleOf(ranges, percent, randomFrom(seed, "items")))]
}

test("a sample holds the share asked for, rounded up, of the partitions there are, and the newest", () => {
  const all = new Set(partitionsIn(ranges))
  for (const percent of [0.001, 1, 2, 7.5, 33, 99, 99.9])
    for (let seed = 0; seed < 50; seed += 1) {
      const found = sampled(percent, seed)
      expect(found).toHaveLength(Math.max(1, Math.ceil(percent)))
      expect(found.at(-1)).toBe(128)
      expect(found.every((index) => all.has(index))).toBe(true)
    }
  expect(sampled(100, 1)).toEqual([...all])
})

test("the same seed gives the same sample, and others reach every partition", () => {
  expect(sampled(5, 3)).toEqual(sampled(5, 3))
  const reached = new Set(Array.from({ length: 400 }, (_, seed) => sampled(5, seed)).flat())
  expect(reached.size).toBe(partitionCount(ranges))
})

test("of one partition that one is the sample, and of none nothing", () => {
  const random = randomFrom(1)
  expect(sampleOf([{ from: 5, to: 5 }], 1, random)).toEqual([{ from: 5, to: 5 }])
  expect(sampleOf([], 50, random)).toEqual([])
})
