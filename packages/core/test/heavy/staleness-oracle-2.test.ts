import { expect, test } from "vitest"

import { checkStories } from "../staleness-oracle/check-stories.ts"

const cases = Math.ceil(Number(process.env["FRESHET_PROPERTY_CASES"] ?? 10_000) / 2)

test(`over ${cases} random graphs and histories more, exactly the partitions whose inputs differ are computed`, async () => {
  await expect(checkStories(cases)).resolves.toBeUndefined()
}, 3_600_000)
