import type { Graph, Problem } from "@freshet/core/engine"

import { usageError } from "../plan/target-problems.ts"
import type { Project, RunDetail, RunRow } from "../project.ts"
import { unknownRunError } from "./find-run.ts"

/** Reads a run whose unfinished partitions can be run again. */
export async function readRetryableRun({ graph, ledger }: Project, id: string): Promise<RunDetail> {
  const run = await ledger.findRun(id)
  if (run === undefined) throw unknownRunError(id)
  requireEnded(run)
  requireDeclaredWork(graph, run)
  return run
}

/** Fails for a run that is in progress. */
export function requireEnded({ id, outcome }: RunRow): void {
  if (outcome !== "running") return
  throw usageError({
    kind: "usage",
    message: `Run ${id} is still in progress.`,
    hint: `\`freshet runs show ${id}\` shows its progress, \`freshet runs cancel ${id}\` stops it.`,
  })
}

function requireDeclaredWork(graph: Graph, { id, progress }: RunDetail): void {
  const declaredNames = new Set(graph.computations.map(({ name }) => name))
  const plannedWork = [...progress].filter(([, { planned }]) => planned.length > 0)
  if (plannedWork.some(([name]) => declaredNames.has(name))) return
  const message =
    plannedWork.length === 0
      ? `Run ${id} had no partitions to materialize; it only ran checks or published.`
      : `Run ${id} materialized only assets that are no longer declared.`
  const hint = "`freshet plan` shows the stale partitions."
  const problem: Problem = { kind: "usage", message, hint }
  throw usageError(problem)
}
