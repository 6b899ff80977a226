import type { Connection } from "../session.ts"
import { createJointTrial } from "./joint-trial.ts"
import { createSetTest } from "./left-out-lines.ts"
import { findMinimalChange } from "./minimal-change.ts"
import { readLines } from "./read-trace.ts"
import type { Slice } from "./slice.ts"
import type { Trace } from "./trace-request.ts"
import { listLineTrials, type Round } from "./trace-round.ts"

/** The trials that the lines of a row are chosen from. */
export interface SingleTrials {
  readonly target: Slice
  /** The lines that change the row alone. */
  readonly decisive: ReadonlySet<number>
  /** The lines that change a row of an upstream without which the row would change. */
  readonly supporting: readonly number[]
  /** True if the queries over all lines give the recorded rows. */
  readonly isReproduced: boolean
}

/** Lines of a row, and the effect of their absence. */
interface ChangingLines extends Pick<Trace, "lines" | "outcome"> {
  readonly trials: ReadonlySet<number>
}

/**
 * Finds lines without which the row is gone or different: the decisive and supporting ones, or else the decisive ones.
 * Lines that change a row one by one can make the same row when they are left out together: then with further lines.
 */
export async function findChangingLines(
  connection: Connection,
  round: Round,
  { target, decisive, supporting, isReproduced }: SingleTrials,
): Promise<ChangingLines> {
  const leaveOutLines = createJointTrial(connection, round, { target, isReproduced })
  const leaveOut = async (trials: ReadonlySet<number>): Promise<ChangingLines> => {
    const lines = await readLines(connection, round, trials, decisive)
    return { trials, lines, outcome: await leaveOutLines(lines) }
  }
  const all = new Set([...decisive, ...supporting])
  for (const trials of [all, decisive]) {
    const result = await leaveOut(trials)
    if (result.outcome !== "unchanged") return result
  }
  const testOneByOne = async (sets: readonly ReadonlySet<number>[]) => {
    for (const [at, set] of sets.entries()) {
      const { outcome } = await leaveOut(new Set([...all, ...set]))
      if (outcome !== "unchanged") return sets.map((_, index) => index === at)
    }
    return sets.map(() => false)
  }
  const furtherTrials = listLineTrials(round).filter((trial) => !all.has(trial))
  const test = all.size === 0 ? createSetTest(connection, round, target) : testOneByOne
  return await leaveOut(new Set([...all, ...(await findMinimalChange(furtherTrials, test))]))
}
