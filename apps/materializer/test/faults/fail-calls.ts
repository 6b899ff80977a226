import { expect } from "vitest"

import type { DeclaredProject } from "../end-to-end/declared-project.ts"
import { expectDone, runFreshet } from "../end-to-end/freshet-process.ts"
import { landEdition, withDepot } from "./depot.ts"
import { type Fault, type FaultyResult, runWithFault } from "./fault.ts"
import { expectRecovery, expectWhole, readDataVersions } from "./invariants.ts"

/** The faults of a test: at the calls `first`, `first + step`, `first + 2 * step` … */
interface Faults {
  readonly kind: Fault["kind"]
  readonly first: number
  readonly step: number
  /** Asserts the end of the command that met the fault. */
  readonly expectEnd: (result: FaultyResult) => void
}

/**
 * Lets calls of runs fail: each in a run of its own over files that have changed, up to the last call that a run makes.
 * Checks the invariants after each fault, and at the end compares with a project without faults. Returns the number of
 * faults.
 */
export function failCalls({ kind, first, step, expectEnd }: Faults): Promise<number> {
  return withDepot(async (project) => {
    let edition = 0
    landEdition(project, edition)
    expectDone(await runFreshet(project, "materialize"))
    for (let call = first; ; call += step) {
      edition += 1
      landEdition(project, edition)
      const result = await runWithFault(project, { kind, call }, "materialize")
      const fault = `${kind} at ${result.hitCall ?? "no call"}`
      if (result.hitCall === undefined) expectDone(result)
      else expectEnd(result)
      await expectWhole(project, { editions: [edition - 1, edition], fault })
      await expectRecovery(project, { edition, fault })
      if (result.hitCall === undefined) break
    }
    expect(await readDataVersions(project)).toEqual(await readVersionsWithoutFaults(edition))
    return edition - 1 // the last one met no fault
  })
}

/** Materializes an edition in a new project, and reads the data versions. */
function readVersionsWithoutFaults(edition: number): ReturnType<typeof readDataVersions> {
  return withDepot(async (project: DeclaredProject) => {
    landEdition(project, edition)
    expectDone(await runFreshet(project, "materialize"))
    return readDataVersions(project)
  })
}
