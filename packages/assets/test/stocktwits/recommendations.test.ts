import { testAsset } from "@freshet/io/asset-test"
import { expect, test } from "vitest"

import { stocktwits } from "../../src/stocktwits/index.ts"
import { findAsset } from "../find-asset.ts"

test("the strongest recommendations of a user stay, and ties are ordered by id", async () => {
  const candidate = (rec: number, weight: number, user = 1) => {
    return { user_id: user, rec_id: rec, weight }
  }
  const candidates = [
    candidate(10, 3),
    candidate(10, 2),
    candidate(12, 4),
    candidate(11, 4),
    candidate(13, 1),
    candidate(10, 1, 2),
  ]
  const rows = await testAsset(findAsset(stocktwits({ recommendations: 2 }), "user_recs"), {
    partition: "2026-01-05",
    reads: { valid_user_candidates: candidates },
  })
  expect(rows).toEqual([candidate(10, 5), candidate(11, 4), candidate(10, 1, 2)])
})
