import { afterAll, beforeAll, expect, test } from "vitest"

import { type LandingFixture, openLandingFixture } from "./landing-fixture.ts"
import { compareRandomFiles } from "./random-files.ts"

const lines = Number(process.env["FRESHET_RANDOM_LINES"] ?? 20_000)
const seed = Number(process.env["FRESHET_TEST_SEED"] ?? Date.now() % 1_000_000_000)

let landing: LandingFixture
beforeAll(async () => {
  landing = await openLandingFixture()
})
afterAll(() => landing.close())

test(`random files have the rows and the quarantined lines of an independent reader (seed ${seed})`, async () => {
  expect(await compareRandomFiles(landing, lines, seed)).toBeGreaterThanOrEqual(lines)
})
