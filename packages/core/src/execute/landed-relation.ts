import type { SourceAsset } from "../declare/declaration.ts"
import { formatPartitionKey } from "../declare/partition.ts"
import type { LandedFile, Landing } from "../evaluate/landing.ts"
import type { ReadVersions, Relation } from "../ports.ts"

/** Builds the relation of the landed files of some partitions of a source; a partition without files is left out. */
export function buildLandedRelation(
  landing: Landing,
  name: string,
  source: SourceAsset,
  partitions: readonly number[],
): Relation {
  const landed = landing.get(source.name)
  return buildRelation(name, source, partitions, (partition) => landed?.get(partition)?.files)
}

/** Builds the relation of a read as landed from the copies of its files. */
export function buildCopiedRelation(
  name: string,
  source: SourceAsset,
  { versions, files }: ReadVersions,
): Relation {
  const partitions = versions.map(([partition]) => partition)
  return buildRelation(name, source, partitions, (partition) => files?.get(partition))
}

function buildRelation(
  name: string,
  source: SourceAsset,
  partitions: readonly number[],
  getFiles: (partition: number) => readonly LandedFile[] | undefined,
): Relation {
  const landedPartitions = partitions.flatMap((partition) => {
    const files = getFiles(partition)
    return files === undefined
      ? []
      : [{ key: formatPartitionKey(source.partitions, partition), files }]
  })
  return { kind: "landed", name, source, partitions: landedPartitions }
}
