import type { ProblemsError } from "@freshet/core/engine"
import { findRuns, type LedgerClient, type RecordedRun } from "@freshet/io"

import { usageError } from "../plan/target-problems.ts"

/** Finds the run whose id begins with a text; undefined without one, or with several. */
export async function findRun(client: LedgerClient, id: string): Promise<RecordedRun | undefined> {
  const [run, ...otherRuns] = await findRuns(client, id)
  return otherRuns.length === 0 ? run : undefined
}

/** Finds the run whose id begins with a text; fails without one, or with several. */
export async function requireRun(client: LedgerClient, id: string): Promise<RecordedRun> {
  const run = await findRun(client, id)
  if (run === undefined) throw unknownRunError(id)
  return run
}

/** Creates the error for an id that matches no run, or more than one. */
export function unknownRunError(id: string): ProblemsError {
  return usageError({
    kind: "unknown_run",
    message: `No single run has an id that begins with \`${id}\`.`,
    hint: "`freshet runs` lists the runs.",
  })
}
