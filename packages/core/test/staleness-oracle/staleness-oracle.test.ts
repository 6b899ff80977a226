import { expect, test } from "vitest"

import { checkStories } from "./check-stories.ts"

const cases = Number(process.env["FRESHET_PROPERTY_CASES"] ?? 800)

test(`over ${cases} random graphs and histories, exactly the partitions whose inputs differ are computed`, async () => {
  await expect(checkStories(cases)).resolves.toBeUndefined()
}, 600_000)
