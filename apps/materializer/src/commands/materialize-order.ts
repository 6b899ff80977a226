import { type PlanRequest, partitionCount } from "@freshet/core"

import type { Project } from "../project/project.ts"
import { commandText } from "./command-text.ts"
import type { MaterializeOrder } from "./materialize.ts"
import { plannedState } from "./only-state.ts"
import type { RunOrder } from "./run-order.ts"
import { selectAssets } from "./select.ts"
import { type PartitionFlags, isNaming, targetsOf } from "./targets.ts"

/** The order to make the newest partitions, or those that are named, fresh. */
export function materializeOrder(
  verb: "materialize" | "plan",
  words: readonly string[],
  flags: MaterializeOrder,
): RunOrder {
  return {
    title: commandText(verb, words, flags),
    command: commandText(`freshet ${verb}`, words, flags),
    request: (project) => materializeRequest(project, words, flags),
    asked: (project) => askedPartitions(project, words, flags),
    ...(isNaming(flags) ? { named: (project) => targetsMeant(project, words, flags) } : {}),
    announces: false,
  }
}

function materializeRequest(
  project: Project,
  words: readonly string[],
  flags: MaterializeOrder,
): PlanRequest {
  const targets = targetsMeant(project, words, flags)
  return { targets, only: plannedState(flags.only), publish: flags.publish }
}

function targetsMeant(
  project: Project,
  words: readonly string[],
  flags: PartitionFlags,
): PlanRequest["targets"] {
  return targetsOf(project, selectAssets(project, words), flags)
}

/** How many partitions were asked for by naming a range; what they need does not count. */
function askedPartitions(
  project: Project,
  words: readonly string[],
  flags: PartitionFlags,
): number {
  if (flags.from === undefined && flags.to === undefined) return 0
  return partitionCount([...targetsMeant(project, words, flags).values()].flat())
}
