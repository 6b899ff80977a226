import { type Graph, joinedRanges, type PartitionRange } from "@freshet/core"
import { ProblemsError, type Problem } from "@freshet/core"

import { commonRanges } from "../project/partition-ranges.ts"
import type { Project, RunDetail } from "../project/project.ts"
import type { CommandLine } from "./command-line.ts"
import { commandText } from "./command-text.ts"
import { exitCodes } from "./exit-code.ts"
import { type RunFlags, performRun } from "./perform-run.ts"
import { unknownRun } from "./runs.ts"

export interface RetryFlags extends RunFlags {
  readonly publish: boolean
}

/** Makes what is left of what a run set out to make: of its partitions those that are not up to date, with whatever they need. */
export async function runsRetry(cli: CommandLine, flags: RetryFlags, id: string): Promise<number> {
  const config = await cli.loadConfig()
  const run = await cli.world.withProject(config, async ({ graph, history }) => {
    const found = await history.findRun(id)
    if (found === undefined) throw unknownRun(id)
    refuseRetry(graph, found)
    return found
  })
  const publish = flags.publish && !run.command.split(" ").includes("--no-publish")
  const words = ["runs", "retry", run.id]
  const ended = await performRun(cli, flags, {
    title: commandText("runs", words.slice(1), {}),
    command: commandText("freshet", words, { publish }),
    request: (project) => ({ targets: targetsOfRun(project, run), publish }),
    asked: () => 0,
    announces: true,
  })
  return ended?.exitCode ?? exitCodes.done
}

function refuseRetry(graph: Graph, { id, outcome, progress }: RunDetail): void {
  if (outcome === "running")
    throw refusal({
      kind: "usage",
      message: `Run ${id} is still under way.`,
      hint: `\`freshet runs show ${id}\` tells how far it is, \`freshet runs cancel ${id}\` stops it.`,
    })
  const declared = new Set(graph.computations.map(({ name }) => name))
  const wanted = [...progress].filter(([, { planned }]) => planned.length > 0)
  if (wanted.some(([name]) => declared.has(name))) return
  const why =
    wanted.length === 0
      ? "set out to make nothing; it only checked or published"
      : "set out to make is declared any more"
  throw refusal({
    kind: "usage",
    message: wanted.length === 0 ? `Run ${id} ${why}.` : `Nothing that run ${id} ${why}.`,
    hint: "`freshet plan` tells what is not up to date now.",
  })
}

function refusal(problem: Problem): ProblemsError {
  return new ProblemsError("usage", [problem])
}

/** Every output of what a run set out to make, as far as those partitions still exist. */
function targetsOfRun({ graph, evaluation }: Project, { progress }: RunDetail) {
  const targets = new Map<string, readonly PartitionRange[]>()
  for (const { name, outputs } of graph.computations)
    for (const { asset } of outputs) {
      const extent = evaluation.extents.get(asset)
      const planned = progress.get(name)?.planned ?? []
      const ranges = extent === undefined ? [] : commonRanges(joinedRanges(planned), [extent])
      if (ranges.length > 0) targets.set(asset, ranges)
    }
  return targets
}
