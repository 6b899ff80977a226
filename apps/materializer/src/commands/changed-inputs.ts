import {
  type Cause,
  type ChangedInput,
  type Computation,
  type PartitionRange,
  type ReasonGroup,
  changedInputs,
  joinedRanges,
  partitionsIn,
} from "@freshet/core"

import { newestOf } from "../project/partition-ranges.ts"
import type { Project } from "../project/project.ts"
import { type AssetPartition, readRecords } from "../project/records.ts"
import { grouped } from "../render/grouped.ts"

/** Of so many partitions of a group, the newest ones, the ledger is asked what they were made from. */
const mostAsked = 50

/** The groups with their changed inputs by name: status alone says that they changed, the ledger which. */
export async function withChangedInputs<G extends ReasonGroup>(
  project: Project,
  groups: readonly G[],
): Promise<readonly G[]> {
  const asked = groups.flatMap((group) => (isOfInput(group) ? partitionsOf(group) : []))
  if (asked.length === 0) return groups
  const records = [...(await readRecords(project, asked)).values()]
  const versions = await project.readVersions(records.map(({ id }) => id))
  return groups.map((group) => {
    if (!isOfInput(group)) return group
    const asset = firstOutput(group.computation)
    const partitions = new Set(partitionsOf(group).map(({ partition }) => partition))
    const changed = records.flatMap((record) => {
      const then = versions.get(record.id)
      const isOwn = record.asset === asset && partitions.has(record.partition)
      if (then === undefined || !isOwn) return []
      return changedInputs(project.evaluation, group.computation, record.partition, then)
    })
    return named(group, merged(changed))
  })
}

function isOfInput({ status }: ReasonGroup): boolean {
  return status.causes.some(({ kind }) => kind === "input")
}

function firstOutput({ outputs }: Computation): string {
  return outputs[0]?.asset ?? ""
}

function partitionsOf({ computation, ranges }: ReasonGroup): readonly AssetPartition[] {
  const asset = firstOutput(computation)
  return [...partitionsIn(newestOf(ranges, mostAsked))].map((partition) => ({ asset, partition }))
}

function merged(changed: readonly ChangedInput[]): readonly ChangedInput[] {
  return [...grouped(changed, ({ asset }) => asset)].map(([asset, each]) => {
    const ranges: readonly PartitionRange[] = each.flatMap(({ partitions }) => partitions)
    return { asset, partitions: joinedRanges(ranges) }
  })
}

function named<G extends ReasonGroup>(group: G, changed: readonly ChangedInput[]): G {
  const causes = group.status.causes.map((cause): Cause =>
    cause.kind === "input" ? { ...cause, changed } : cause,
  )
  return { ...group, status: { ...group.status, causes } }
}
