import { type Plan, makePlan } from "@freshet/core"

import type { Project } from "../project/project.ts"
import type { CommandLine } from "./command-line.ts"
import { commandText } from "./command-text.ts"
import { exitCodes } from "./exit-code.ts"
import { type RunFlags, performRun } from "./perform-run.ts"
import { type OnlyState, onlyInState } from "./restrict-plan.ts"
import { selectAssets } from "./select.ts"
import { type DayFlags, targetsOf } from "./targets.ts"

export interface MaterializeFlags extends RunFlags, DayFlags {
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

/** The plan that makes the newest partitions, or those of the days named, fresh. */
export function materializePlan(
  project: Project,
  words: readonly string[],
  flags: DayFlags & Pick<MaterializeFlags, "only" | "publish">,
): Plan {
  const targets = targetsOf(project, selectAssets(project, words), flags)
  const plan = makePlan(project.evaluation, { targets, publish: flags.publish }, project.hash)
  return onlyInState(project, plan, flags.only)
}

/** How many partitions were asked for by naming days; what they need does not count. */
function askedPartitions(project: Project, words: readonly string[], days: DayFlags): number {
  if (days.from === undefined && days.to === undefined) return 0
  let partitions = 0
  for (const { from, to } of targetsOf(project, selectAssets(project, words), days).values())
    partitions += to - from + 1
  return partitions
}
