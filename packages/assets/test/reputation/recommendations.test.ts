import { testAsset } from "@freshet/io/asset-test"
import { expect, test } from "vitest"

import { reputation } from "../../src/index.ts"
import { findAsset } from "../find-asset.ts"

const candidates = [2, 3, 4, 5].map((rec_id) => ({
  user_id: 1,
  reason_id: 9,
  rec_id,
  seconds: 100 - rec_id,
  weight: "0.00001000",
}))

/** Person 2 has no score. */
const scores = [
  { user_id: 3, weeks: 4, good_weeks: 3, score: "0.75000000" },
  { user_id: 4, weeks: 53, good_weeks: 40, score: "0.75471698" },
  { user_id: 5, weeks: 1, good_weeks: 1, score: "1.00000000" },
]

test.each([
  ["filterThenCut", 1, [4]],
  ["filterThenCut", 20, [4, 5]],
  ["cutThenFilter", 1, []],
  ["cutThenFilter", 3, [4]],
] as const)(
  "a person whose score is three quarters or who has none is not recommended: %s, at most %i",
  async (order, recommendations, recommended) => {
    const assets = reputation({ order, recommendations })
    const rows = await testAsset(findAsset(assets, "recommended_people"), {
      partition: "2026-01-07",
      reads: { person_candidates: candidates, reputation_scores: scores },
    })
    expect(rows.map(({ rec_id }) => rec_id)).toEqual(recommended)
  },
)
