import { expect, test } from "vitest"

import { formatStatusSummary } from "../../src/render/status.ts"

test("a selection that means nothing is said to, rather than that there are no assets", () => {
  expect(formatStatusSummary([])).toBe("No asset is selected.")
})
