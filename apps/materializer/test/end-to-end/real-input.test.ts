import { test } from "vitest"

import { expectRealBackfill } from "./real-backfill.ts"
import { hasRealData } from "./real-input.ts"

const skipped = hasRealData ? "" : " (skipped: no real data on this machine, see FRESHET_REAL_DATA)"

test.skipIf(!hasRealData)(
  `40 days of real messages are backfilled, and a late file rebuilds exactly its windows${skipped}`,
  () => expectRealBackfill(40),
)
