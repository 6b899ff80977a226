import { expect, test } from "vitest"

import { findContradictions } from "./traced-recommendations.ts"

test("without its lines a recommendation is another one or gone, without any other line it is the same", async () => {
  expect(await findContradictions({ rows: 4, otherLines: 60, seed: 3 })).toEqual([])
})
