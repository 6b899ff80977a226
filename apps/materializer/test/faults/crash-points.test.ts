import { expect, test } from "vitest"

import { failCalls } from "./fail-calls.ts"

const step = Number(process.env["FRESHET_FAULT_STEP"] ?? 1)

test("a run that is killed at any of its writes and statements leaves nothing half-done, and the next run completes it", async () => {
  const crashes = await failCalls({
    kind: "SIGKILL",
    first: 1,
    step,
    expectEnd: ({ signal }) => expect(signal).toBe("SIGKILL"),
  })
  console.log(`${crashes} crashes`)
  expect(crashes * step).toBeGreaterThan(60)
})
