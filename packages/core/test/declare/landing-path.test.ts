import { expect, test } from "vitest"

import { formatLandingPath } from "../../src/engine.ts"
import { daily, hourly, staticKeys, unpartitioned } from "../../src/index.ts"

test.each([
  ["raw/{partition}.json", daily({ start: "2026-01-05" }), "raw/2026-01-05.json"],
  ["{yyyy}/{mm}/{dd}/{hh}/*.csv", hourly({ start: "2026-01-05T07" }), "2026/01/05/07/*.csv"],
  ["movies/credits.csv", unpartitioned, "movies/credits.csv"],
  ["x/{partition}/{partition}.csv", staticKeys(["us/east"]), "x/us%2Feast/us%2Feast.csv"],
  ["{partition}/a-{partition}.csv", staticKeys(["_x"]), "%5Fx/a-_x.csv"],
  ["x/{partition}.csv", staticKeys([".x"]), "x/%2Ex.csv"],
])("the first file of %s", (path, partitions, expected) => {
  const index = "start" in partitions ? partitions.start : 0
  expect(formatLandingPath(path, partitions, index)).toBe(expected)
})
