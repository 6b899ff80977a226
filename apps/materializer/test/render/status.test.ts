import { expect, test } from "vitest"

import { formatStatusSummary } from "../../src/render/status.ts"

const emptySummary = {
  assets: 0,
  sources: 0,
  fresh: 0,
  stale: 0,
  missing: 0,
  failed: 0,
  blocked: 0,
  failed_checks: 0,
  overdue: 0,
  due_soon: 0,
}

test.each([
  [{}, "No asset is selected."],
  [{ sources: 2 }, "The selection has sources only."],
  [{ assets: 1, fresh: 1 }, "The asset is up to date."],
  [{ assets: 3, fresh: 3, overdue: 1 }, "All 3 assets are up to date; 1 overdue."],
  [{ assets: 3, fresh: 2, due_soon: 1 }, "2 of 3 assets are up to date; 1 due soon."],
  [{ assets: 3, fresh: 1, stale: 2 }, "1 of 3 assets is up to date; 2 stale."],
  [{ assets: 2, missing: 2 }, "None of 2 assets are up to date; 2 missing."],
  [{ assets: 2, missing: 2, blocked: 1 }, "None of 2 assets are up to date; 2 missing, 1 blocked."],
  [
    { assets: 9, fresh: 2, failed: 1, failed_checks: 1 },
    "2 of 9 assets are up to date; 1 failed, 1 with failed checks.",
  ],
])("the summary of %o is one sentence", (counts, sentence) => {
  expect(formatStatusSummary({ ...emptySummary, ...counts })).toBe(sentence)
})
