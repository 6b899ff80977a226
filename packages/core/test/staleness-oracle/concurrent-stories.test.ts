import { expect, test } from "vitest"

import { checkConcurrentStories } from "./concurrent-stories.ts"

const cases = Number(process.env["FRESHET_PROPERTY_CASES"] ?? 150)

test(`over ${cases} random graphs and histories, processes at once compute each partition once and publish the tables of one run`, async () => {
  await expect(checkConcurrentStories(cases)).resolves.toBeUndefined()
}, 600_000)
