import { expect } from "vitest"

import type { DeclaredProject } from "../end-to-end/declared-project.ts"
import { expectDone, runFreshet } from "../end-to-end/freshet-process.ts"
import { landEdition, withDepot } from "./depot.ts"
import { expectRecovery, expectWhole, readDataVersions } from "./invariants.ts"

/** The calls of runs that are disturbed: `first`, `first + step`, `first + 2 * step` … */
export interface DisturbedCalls {
  readonly first: number
  readonly step: number
}

/** A run over an edition that has just landed, and its call to disturb. */
interface DisturbedRun {
  readonly call: number
  readonly edition: number
}

/**
 * Disturbs calls of runs: each in a run of its own over files that have changed, up to the last call that a run makes.
 * `disturb` executes the run and returns the fault for messages, or undefined if the run made fewer calls. Checks the
 * invariants after each run, and at the end compares with a project without faults. Returns the number of faults.
 */
export function disturbCalls(
  { first, step }: DisturbedCalls,
  disturb: (project: DeclaredProject, run: DisturbedRun) => Promise<string | undefined>,
): Promise<number> {
  return withDepot(async (project) => {
    let edition = 0
    landEdition(project, edition)
    expectDone(await runFreshet(project, "materialize"))
    for (let call = first, hasFault = true; hasFault; call += step) {
      edition += 1
      landEdition(project, edition)
      const fault = await disturb(project, { call, edition })
      hasFault = fault !== undefined
      const message = { fault: fault ?? "no fault" }
      await expectWhole(project, { editions: [edition - 1, edition], ...message })
      await expectRecovery(project, { edition, ...message })
    }
    expect(await readDataVersions(project)).toEqual(await readVersionsWithoutFaults(edition))
    return edition - 1 // the last run met no fault
  })
}

/** Materializes an edition in a new project, and reads the data versions. */
function readVersionsWithoutFaults(edition: number): ReturnType<typeof readDataVersions> {
  return withDepot(async (project) => {
    landEdition(project, edition)
    expectDone(await runFreshet(project, "materialize"))
    return readDataVersions(project)
  })
}
