import {
  countPartitions,
  createRandom,
  listPartitions,
  type PartitionRange,
} from "@freshet/core/engine"
import { samplePartitions } from "@freshet/services"
import { expect, test } from "vitest"

const ranges: readonly PartitionRange[] = [
  { from: 10, to: 19 },
  { from: 30, to: 30 },
  { from: 40, to: 128 },
]

function sampled(percent: number, seed: number): readonly number[] {
  return [...listPartitions(samplePartitions(ranges, percent, createRandom(seed, "items")))]
}

test("a sample holds the share asked for, rounded up, of the partitions there are, and the newest", () => {
  const all = new Set(listPartitions(ranges))
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
  expect(reached.size).toBe(countPartitions(ranges))
})

test("of one partition that one is the sample, and of none nothing", () => {
  const random = createRandom(1)
  expect(samplePartitions([{ from: 5, to: 5 }], 1, random)).toEqual([{ from: 5, to: 5 }])
  expect(samplePartitions([], 50, random)).toEqual([])
})
