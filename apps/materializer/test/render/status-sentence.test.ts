import { expect, test } from "vitest"

import { statusSentence } from "../../src/render/status-table.ts"

test("a selection that means nothing is said to, rather than that there are no assets", () => {
  expect(statusSentence([])).toBe("No asset is selected.")
})
