import { test } from "vitest"

import { expectRealBackfill } from "../real-backfill.ts"
import { hasRealData } from "../real-input.ts"

const skipped = hasRealData ? "" : " (skipped: no real data on this machine, see FRESHET_REAL_DATA)"

test.skipIf(!hasRealData)(
  `all 193 daily files of real messages are backfilled, and a late file rebuilds exactly its windows${skipped}`,
  () => expectRealBackfill(366),
)
