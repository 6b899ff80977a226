import { expect, test } from "vitest"

import { codeAsset, daily, int64, sourceAsset } from "../../src/index.ts"

const partitions = daily({ start: "2026-01-01" })
const days = sourceAsset({
  name: "days",
  group: "weather",
  description: "Days to look up.",
  partitions,
  columns: { day: int64() },
  format: { kind: "json_lines" },
  path: "days/{partition}.json",
})

const fetchDegrees = async (_url: string): Promise<bigint> => 7n

export const temperatures = codeAsset({
  name: "temperatures",
  group: "weather",
  description: "The temperature of each day.",
  version: "1",
  partitions,
  columns: { degrees: int64() },
  upstream: { days },
  retries: { attempts: 5, backoffSeconds: 2 },
  timeoutSeconds: 30,
  pool: "weather_api",
  async *compute(_upstream, { partition }) {
    yield { degrees: await fetchDegrees(`https://weather.example/${partition}`) }
  },
})

test("the execution policy belongs to the computation, and is no part of the asset", () => {
  expect(temperatures.computation.execution).toEqual({
    retries: { attempts: 5, backoffSeconds: 2 },
    timeoutSeconds: 30,
    pool: "weather_api",
  })
  expect(temperatures).not.toHaveProperty("retries")
})
