import { expect, test } from "vitest"

import { assignClasses } from "../../../src/duckdb/provenance/trial-classes.ts"

test("trials that change one key have different classes, others share one", () => {
  const classes = assignClasses([
    { trial: 1, keys: ["a"] },
    { trial: 2, keys: ["b", "c"] },
    { trial: 3, keys: ["a", "c"] },
    { trial: 4, keys: ["d"] },
  ])
  expect(classes.map((trial) => trial.class)).toEqual([0, 0, 1, 0])
})
