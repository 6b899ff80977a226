import {
  type Cause,
  type ChangedInput,
  type Computation,
  groupBy,
  joinRanges,
  listChangedInputs,
  listPartitions,
  type PartitionRange,
  type ReasonGroup,
  takeNewest,
} from "@freshet/core/engine"

import type { AssetPartition } from "../asset-partitions.ts"
import { readCurrentRecords } from "../materialization-records.ts"
import type { Project } from "../project.ts"

/** The number of newest partitions of a group whose recorded inputs are read. */
const maxPartitionsRead = 50

/** Names the changed inputs of each group, which the ledger knows and the status does not. */
export async function addChangedInputs<G extends ReasonGroup>(
  project: Project,
  groups: readonly G[],
): Promise<readonly G[]> {
  const partitionsToRead = groups.flatMap((group) =>
    hasInputCause(group) ? listNewestPartitions(group) : [],
  )
  if (partitionsToRead.length === 0) return groups
  const records = [...(await readCurrentRecords(project, partitionsToRead)).values()]
  const versions = await project.ledger.readInputVersions(records.map(({ id }) => id))
  return groups.map((group) => {
    if (!hasInputCause(group)) return group
    const asset = getFirstOutput(group.computation)
    const partitions = new Set(listNewestPartitions(group).map(({ partition }) => partition))
    const changed = records.flatMap((record) => {
      const previousVersions = versions.get(record.id)
      const isInGroup = record.asset === asset && partitions.has(record.partition)
      if (previousVersions === undefined || !isInGroup) return []
      return listChangedInputs(
        project.evaluation,
        group.computation,
        record.partition,
        previousVersions,
      )
    })
    return replaceChangedInputs(group, mergeChangedInputs(changed))
  })
}

function hasInputCause({ status }: ReasonGroup): boolean {
  return status.causes.some(({ kind }) => kind === "input")
}

function getFirstOutput({ outputs }: Computation): string {
  return outputs[0]?.asset ?? ""
}

function listNewestPartitions({ computation, ranges }: ReasonGroup): readonly AssetPartition[] {
  const asset = getFirstOutput(computation)
  return [...listPartitions(takeNewest(ranges, maxPartitionsRead))].map((partition) => ({
    asset,
    partition,
  }))
}

function mergeChangedInputs(changed: readonly ChangedInput[]): readonly ChangedInput[] {
  return [...groupBy(changed, ({ asset }) => asset)].map(([asset, inputs]) => {
    const ranges: readonly PartitionRange[] = inputs.flatMap(({ partitions }) => partitions)
    return { asset, partitions: joinRanges(ranges) }
  })
}

function replaceChangedInputs<G extends ReasonGroup>(
  group: G,
  changed: readonly ChangedInput[],
): G {
  const causes = group.status.causes.map((cause): Cause =>
    cause.kind === "input" ? { ...cause, changed } : cause,
  )
  return { ...group, status: { ...group.status, causes } }
}
