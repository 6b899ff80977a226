import {
  type Graph,
  intersectRangeLists,
  joinRanges,
  type PartitionRange,
  type Problem,
  ProblemsError,
} from "@freshet/core/engine"
import { formatCommand, type Project, type RunDetail } from "@freshet/services"

import type { CommandLine } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"
import { type RunFlags, runAndPrint } from "../terminal/run-and-print.ts"
import { unknownRunError } from "./runs.ts"

export interface RetryFlags extends RunFlags {
  readonly publish: boolean
}

/** Makes what is left of what a run set out to make: of its partitions those that are not up to date, with whatever they need. */
export async function runsRetry(cli: CommandLine, flags: RetryFlags, id: string): Promise<number> {
  const services = await loadServices(cli)
  const run = await services.withProject({}, async ({ graph, ledger }) => {
    const runDetail = await ledger.findRun(id)
    if (runDetail === undefined) throw unknownRunError(id)
    requireRetryable(graph, runDetail)
    return runDetail
  })
  const publish = flags.publish && !run.command.split(" ").includes("--no-publish")
  const words = ["runs", "retry", run.id]
  const runEnd = await runAndPrint(cli, flags, {
    title: formatCommand("runs", words.slice(1), {}),
    command: formatCommand("freshet", words, { publish }),
    toPlanRequest: (project) => ({ targets: resolveRunTargets(project, run), publish }),
    countRequested: () => 0,
    announcesRun: true,
  })
  return runEnd?.exitCode ?? exitCodes.done
}

function requireRetryable(graph: Graph, { id, outcome, progress }: RunDetail): void {
  if (outcome === "running")
    throw usageError({
      kind: "usage",
      message: `Run ${id} is still under way.`,
      hint: `\`freshet runs show ${id}\` tells how far it is, \`freshet runs cancel ${id}\` stops it.`,
    })
  const declaredNames = new Set(graph.computations.map(({ name }) => name))
  const plannedWork = [...progress].filter(([, { planned }]) => planned.length > 0)
  if (plannedWork.some(([name]) => declaredNames.has(name))) return
  const reason =
    plannedWork.length === 0
      ? "set out to make nothing; it only checked or published"
      : "set out to make is declared any more"
  throw usageError({
    kind: "usage",
    message:
      plannedWork.length === 0 ? `Run ${id} ${reason}.` : `Nothing that run ${id} ${reason}.`,
    hint: "`freshet plan` tells what is not up to date now.",
  })
}

function usageError(problem: Problem): ProblemsError {
  return new ProblemsError("usage", [problem])
}

/** Every output of what a run set out to make, as far as those partitions still exist. */
function resolveRunTargets({ graph, evaluation }: Project, { progress }: RunDetail) {
  const targets = new Map<string, readonly PartitionRange[]>()
  for (const { name, outputs } of graph.computations)
    for (const { asset } of outputs) {
      const bounds = evaluation.bounds.get(asset)
      const plannedRanges = progress.get(name)?.planned ?? []
      const ranges =
        bounds === undefined ? [] : intersectRangeLists(joinRanges(plannedRanges), [bounds])
      if (ranges.length > 0) targets.set(asset, ranges)
    }
  return targets
}
