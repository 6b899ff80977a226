import { expect, test } from "vitest"

import { findContradictions } from "../traced-recommendations.ts"

test.each([11, 12, 13, 14])(
  "200 recommendations, of which seed %d has 50, are traced",
  async (seed) => {
    expect(await findContradictions({ rows: 50, otherLines: 200, seed })).toEqual([])
  },
)
