import { expect, test } from "vitest"

import { describeProject } from "../client/pages/today/sentence.ts"

const noTrouble = {
  sources: 0,
  stale: 0,
  missing: 0,
  failed: 0,
  blocked: 0,
  failed_checks: 0,
  overdue: 0,
  due_soon: 0,
}

test.each([
  [1, 3, "1 of 3 assets is fresh."],
  [2, 3, "2 of 3 assets are fresh."],
  [0, 1, "The asset is not fresh."],
  [0, 3, "None of 3 assets are fresh."],
  [1, 1, "The asset is fresh."],
  [3, 3, "All 3 assets are fresh."],
])("the sentence of %d fresh assets of %d agrees in number", (fresh, assets, sentence) => {
  expect(describeProject({ ...noTrouble, assets, fresh }, [])).toBe(sentence)
})
