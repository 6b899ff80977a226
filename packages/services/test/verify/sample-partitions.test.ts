import {
  countPartitions,
  createRandom,
  listPartitions,
  type PartitionRange,
} from "@freshet/core/engine"
import { expect, test } from "vitest"

import { samplePartitions } from "../../src/verify/sample-partitions.ts"

const ranges: readonly PartitionRange[] = [
  { from: 10, to: 19 },
  { from: 30, to: 30 },
  { from: 40, to: 128 },
]

function listSample(percent: number, seed: number): readonly number[] {
  return [...listPartitions(samplePartitions(ranges, percent, createRandom(seed, "items")))]
}

test("a sample holds the requested share of the partitions, rounded up, and the newest one", () => {
  const all = new Set(listPartitions(ranges))
  for (const percent of [0.001, 1, 2, 7.5, 33, 99, 99.9])
    for (let seed = 0; seed < 50; seed += 1) {
      const sample = listSample(percent, seed)
      expect(sample).toHaveLength(Math.max(1, Math.ceil(percent)))
      expect(sample.at(-1)).toBe(128)
      expect(sample.every((index) => all.has(index))).toBe(true)
    }
  expect(listSample(100, 1)).toEqual([...all])
})

test("the same seed gives the same sample, and other seeds reach every partition", () => {
  expect(listSample(5, 3)).toEqual(listSample(5, 3))
  const sampled = new Set(Array.from({ length: 400 }, (_, seed) => listSample(5, seed)).flat())
  expect(sampled.size).toBe(countPartitions(ranges))
})

test("the sample of one partition is that partition, and the sample of none is empty", () => {
  const random = createRandom(1)
  expect(samplePartitions([{ from: 5, to: 5 }], 1, random)).toEqual([{ from: 5, to: 5 }])
  expect(samplePartitions([], 50, random)).toEqual([])
})
