import { type Plan, makePlan, partitionCount } from "@freshet/core"

import type { Project } from "../project/project.ts"
import type { CommandLine } from "./command-line.ts"
import { commandText } from "./command-text.ts"
import { exitCodes } from "./exit-code.ts"
import { type OnlyState, plannedState } from "./only-state.ts"
import { type RunFlags, performRun } from "./perform-run.ts"
import { selectAssets } from "./select.ts"
import { type PartitionFlags, targetsOf } from "./targets.ts"

export interface MaterializeFlags extends RunFlags, PartitionFlags {
  readonly only?: OnlyState
  readonly publish: boolean
}

/** Makes what is not up to date, with whatever it needs, and publishes. */
export async function materialize(
  cli: CommandLine,
  flags: MaterializeFlags,
  ...words: readonly string[]
): Promise<number> {
  const ended = await performRun(cli, flags, {
    title: commandText("materialize", words, flags),
    command: commandText("freshet materialize", words, flags),
    makePlan: (project) => materializePlan(project, words, flags),
    asked: (project) => askedPartitions(project, words, flags),
  })
  return ended?.exitCode ?? exitCodes.done
}

/** The plan that makes the newest partitions, or those that are named, fresh. */
export function materializePlan(
  project: Project,
  words: readonly string[],
  flags: PartitionFlags & Pick<MaterializeFlags, "only" | "publish">,
): Plan {
  const targets = targetsOf(project, selectAssets(project, words), flags)
  const request = { targets, only: plannedState(flags.only), publish: flags.publish }
  return makePlan(project.evaluation, request, project.hash)
}

/** How many partitions were asked for by naming a range; what they need does not count. */
function askedPartitions(
  project: Project,
  words: readonly string[],
  flags: PartitionFlags,
): number {
  if (flags.from === undefined && flags.to === undefined) return 0
  let partitions = 0
  for (const ranges of targetsOf(project, selectAssets(project, words), flags).values())
    partitions += partitionCount(ranges)
  return partitions
}
