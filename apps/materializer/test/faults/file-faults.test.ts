import { expect, test } from "vitest"

import { failCalls } from "./fail-calls.ts"
import { isCleanEnd } from "./invariants.ts"

const kinds = ["EIO", "ENOSPC", "EMFILE"] as const
const step = Number(process.env["FRESHET_FAULT_STEP"] ?? 1) * kinds.length

/** Exit codes of a run without an optional file, of failed steps, of files out of reach, and of blocked partitions. */
const cleanCodes: readonly (number | null)[] = [0, 3, 8, 11]

test.each(kinds.map((kind, at) => [kind, at + 1] as const))(
  `a run whose call of the file system fails with %s has a clean error, and the next run completes the work: from call %i, one of ${step} calls`,
  async (kind, first) => {
    const uncleanEnds: string[] = []
    const faults = await failCalls({
      kind,
      first,
      step,
      expectEnd: (result) => {
        const { code, stderr, hitCall = "" } = result
        if (!isCleanEnd(result, cleanCodes)) uncleanEnds.push(`${hitCall}: exit ${code}, ${stderr}`)
      },
    })
    console.log(`${faults} faults, ${kind}`)
    expect(uncleanEnds).toEqual([])
    expect(faults * step).toBeGreaterThan(100)
  },
)
