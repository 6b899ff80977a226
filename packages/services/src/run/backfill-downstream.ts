import {
  buildPlan,
  type Evaluation,
  findStaleDownstream,
  formatPartitionKey,
  intersectRangeLists,
  joinRanges,
  listRangesWhere,
  type PartitionRange,
  type Plan,
  type PlanRequest,
  stateFlags,
} from "@freshet/core/engine"

import {
  countAllPartitions,
  groupPartitions,
  mergePartitions,
  subtractPartitions,
} from "../asset-partitions.ts"
import { formatCommand } from "../plan/command-text.ts"
import type { PartitionArguments } from "../plan/partition-arguments.ts"
import type { Project } from "../project.ts"

type Targets = PlanRequest["targets"]

/** Computation → partitions. */
type Partitions = ReadonlyMap<string, readonly PartitionRange[]>

/** Adds the partitions downstream that are not fresh, and those that become stale. */
export function addDownstream({ evaluation }: Project, request: PlanRequest): PlanRequest {
  const firstPlan = buildPlan(evaluation, request)
  if (request.only !== undefined && firstPlan.work.length === 0) return request
  const requestedTargets =
    request.only === undefined ? request.targets : listPlannedTargets(firstPlan)
  let targets = mergeTargets(
    evaluation,
    requestedTargets,
    listStaleReaders(evaluation, requestedTargets),
  )
  for (;;) {
    const plan = buildPlan(evaluation, { targets, publish: false })
    const extendedTargets = mergeTargets(evaluation, targets, findStaleDownstream(evaluation, plan))
    if (countAllPartitions(extendedTargets) === countAllPartitions(targets))
      return { targets, publish: request.publish }
    targets = extendedTargets
  }
}

/** Adds the partitions of damaged files, their readers, and the partitions downstream that become stale. */
export function addDamaged(project: Project, request: PlanRequest): PlanRequest {
  const { damage, evaluation } = project
  if (damage.materializations.length === 0) return request
  const damagedTargets = new Map(
    [...groupPartitions(damage.materializations)].flatMap(([asset, ranges]) => {
      const bounds = evaluation.bounds.get(asset)
      return bounds === undefined ? [] : [[asset, intersectRangeLists(ranges, [bounds])] as const]
    }),
  )
  const { targets } = addDownstream(project, { targets: damagedTargets, publish: false })
  return { ...request, targets: mergePartitions(request.targets, targets) }
}

function mergeTargets(
  { graph }: Evaluation,
  targets: Targets,
  downstreamPartitions: Partitions,
): Targets {
  const mergedTargets = new Map(targets)
  for (const { name, outputs } of graph.computations)
    for (const { asset } of outputs) {
      const ranges = [...(targets.get(asset) ?? []), ...(downstreamPartitions.get(name) ?? [])]
      if (ranges.length > 0) mergedTargets.set(asset, joinRanges(ranges))
    }
  return mergedTargets
}

/** Lists the requested partitions that a plan materializes. */
function listPlannedTargets({ targets, work }: Plan): Targets {
  return new Map(
    [...targets].map(([name, requestedRanges]) => {
      const plannedWork = work.find(({ computation }) =>
        computation.outputs.some(({ asset }) => asset === name),
      )
      return [name, intersectRangeLists(plannedWork?.ranges ?? [], requestedRanges)]
    }),
  )
}

/** Lists the partitions downstream that are not fresh. */
function listStaleReaders(evaluation: Evaluation, targets: Targets): Partitions {
  const work = evaluation.graph.computations.flatMap((computation) =>
    computation.outputs.flatMap(({ asset }) => {
      const ranges = targets.get(asset)
      return ranges === undefined ? [] : [{ computation, ranges }]
    }),
  )
  return filterStale(evaluation, findStaleDownstream(evaluation, { work }))
}

/** Filters the partitions that are not fresh. */
export function filterStale(evaluation: Evaluation, partitions: Partitions): Partitions {
  const stale = new Map<string, readonly PartitionRange[]>()
  for (const computation of evaluation.graph.computations) {
    const staleRanges = listRangesWhere(
      evaluation,
      computation,
      (bits) => (bits & stateFlags.fresh) === 0,
    )
    const ranges = intersectRangeLists(partitions.get(computation.name) ?? [], staleRanges)
    if (ranges.length > 0) stale.set(computation.name, ranges)
  }
  return stale
}

/** Partitions that a backfill can start from, and its command. */
export interface BackfillRoot {
  readonly targets: Targets
  readonly command: string
}

/** Lists the requested asset, then the upstream assets that the plan materialized. */
export function listBackfillRoots(
  { graph }: Evaluation,
  backfill: {
    readonly name: string
    readonly flags: PartitionArguments
    readonly targets: Targets
  },
  { work }: Plan,
): readonly BackfillRoot[] {
  const upstreamRoots = work.flatMap(({ computation: { outputs }, ranges }): BackfillRoot[] => {
    const asset = graph.assets.get(outputs[0]?.asset ?? "")
    const [firstRange, lastRange] = [ranges[0], ranges.at(-1)]
    if (asset?.kind !== "asset" || firstRange === undefined || lastRange === undefined) return []
    const formatKey = (index: number) => formatPartitionKey(asset.partitions, index)
    const targets = new Map([[asset.name, [{ from: firstRange.from, to: lastRange.to }]]])
    const flags = { from: formatKey(firstRange.from), to: formatKey(lastRange.to) }
    return "start" in asset.partitions
      ? [{ targets, command: formatBackfillCommand(asset.name, flags) }]
      : []
  })
  return [
    { targets: backfill.targets, command: formatBackfillCommand(backfill.name, backfill.flags) },
    ...upstreamRoots,
  ]
}

function formatBackfillCommand(name: string, flags: PartitionArguments): string {
  const isSinglePartition = flags.from !== undefined && flags.from === flags.to
  const partitionArguments = isSinglePartition ? { date: flags.from } : flags
  return formatCommand("freshet backfill", [name], { ...partitionArguments, downstream: true })
}

/** Chooses the commands, in order, that each rebuild further stale partitions. */
export function chooseBackfillCommands(
  evaluation: Evaluation,
  stale: Partitions,
  roots: readonly BackfillRoot[],
): readonly string[] {
  let remainingPartitions = stale
  const commands: string[] = []
  for (const { targets, command } of roots) {
    if (remainingPartitions.size === 0) break
    const uncoveredPartitions = subtractPartitions(
      remainingPartitions,
      listStaleReaders(evaluation, targets),
    )
    if (countAllPartitions(uncoveredPartitions) < countAllPartitions(remainingPartitions))
      commands.push(command)
    remainingPartitions = uncoveredPartitions
  }
  return commands
}
