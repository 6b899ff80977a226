import { countPartitions, type PlanRequest } from "@freshet/core/engine"

import type { Project } from "../project.ts"
import type { RunRequest } from "../run/run-request.ts"
import { formatCommand } from "./command-text.ts"
import { type OnlyState, toPlanState } from "./only-state.ts"
import {
  type PartitionArguments,
  hasPartitionArguments,
  resolveTargets,
} from "./partition-arguments.ts"
import { selectAssets } from "./select-assets.ts"

/** What is to be made of which assets. */
export interface MaterializeRequest extends PartitionArguments {
  readonly only?: OnlyState
  readonly publish: boolean
}

/** The order to make the newest partitions, or those that are named, fresh. */
export function createMaterializeRequest(
  verb: "materialize" | "plan",
  words: readonly string[],
  flags: MaterializeRequest,
): RunRequest {
  return {
    title: formatCommand(verb, words, flags),
    command: formatCommand(`freshet ${verb}`, words, flags),
    toPlanRequest: (project) => createPlanRequest(project, words, flags),
    countRequested: (project) => countRequestedPartitions(project, words, flags),
    ...(hasPartitionArguments(flags)
      ? { listNamedTargets: (project) => resolveRequestedTargets(project, words, flags) }
      : {}),
    announcesRun: false,
  }
}

function createPlanRequest(
  project: Project,
  words: readonly string[],
  flags: MaterializeRequest,
): PlanRequest {
  const targets = resolveRequestedTargets(project, words, flags)
  return { targets, only: toPlanState(flags.only), publish: flags.publish }
}

function resolveRequestedTargets(
  project: Project,
  words: readonly string[],
  flags: PartitionArguments,
): PlanRequest["targets"] {
  return resolveTargets(project, selectAssets(project, words), flags)
}

/** How many partitions were asked for by naming a range; what they need does not count. */
function countRequestedPartitions(
  project: Project,
  words: readonly string[],
  flags: PartitionArguments,
): number {
  if (flags.from === undefined && flags.to === undefined) return 0
  return countPartitions([...resolveRequestedTargets(project, words, flags).values()].flat())
}
