import { expect, test } from "vitest"

import { killRuns } from "./kill-runs.ts"

const kills = Number(process.env["FRESHET_TEST_KILLS"] ?? 12)
const seed = Number(process.env["FRESHET_TEST_SEED"] ?? Date.now() % 1_000_000)

test(
  `a run killed at any moment leaves nothing half-written, and the next run continues (${kills} kills, seed ${seed})`,
  async () => {
    const tally = await killRuns(kills, seed)
    console.log(`kills by what had happened before: ${JSON.stringify([...tally])}`)
    expect([...tally.values()].reduce((total, count) => total + count, 0)).toBe(kills)
  },
  600_000 + kills * 60_000,
)
