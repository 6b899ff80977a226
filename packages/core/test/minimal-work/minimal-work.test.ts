import { expect, test } from "vitest"

import { provedOver } from "./proof.ts"

const cases = Number(process.env["FRESHET_PROPERTY_CASES"] ?? 800)

test(`over ${cases} random graphs and histories, exactly the partitions whose inputs differ are computed`, async () => {
  await expect(provedOver(cases)).resolves.toBeUndefined()
}, 600_000)
