import { type ReadRange, listReadRanges } from "../evaluate/inputs.ts"
import type { LandedFile } from "../evaluate/landing.ts"
import type { Evaluation } from "../evaluate/states.ts"
import { formatStableRelation } from "../graph/stable-name.ts"
import type { MaterializeStep } from "../plan/plan.ts"
import type { Engine, ReadVersions } from "../ports.ts"

/** Copies the landed files of the reads as landed of a step to the store. Returns all reads, those as landed with their copied files. */
export async function copyLandedFiles(
  evaluation: Evaluation,
  { computation, partition }: Pick<MaterializeStep, "computation" | "partition">,
  reads: readonly ReadVersions[],
  engine: Pick<Engine, "copyLanded">,
): Promise<readonly ReadVersions[]> {
  const ranges = listReadRanges(evaluation, computation, partition).filter(
    ({ read }) => read.asLanded === true,
  )
  if (ranges.length === 0) return reads
  const copiedReads: ReadVersions[] = []
  for (const read of reads) {
    const range = ranges.find((candidate) => formatStableRelation(candidate) === read.relation)
    copiedReads.push(range === undefined ? read : await copyRead(evaluation, range, read, engine))
  }
  return copiedReads
}

async function copyRead(
  { landing }: Evaluation,
  { asset, pinned }: ReadRange,
  read: ReadVersions,
  { copyLanded }: Pick<Engine, "copyLanded">,
): Promise<ReadVersions> {
  if (asset.kind !== "source") return read
  const files = new Map<number, readonly LandedFile[]>()
  for (const [partition] of read.versions) {
    const landedFiles = pinned
      ? pinned.files?.get(partition)
      : landing.get(asset.name)?.get(partition)?.files
    if (landedFiles === undefined) continue
    const copies: LandedFile[] = []
    for (const file of landedFiles) copies.push(await copyLanded(asset, file))
    files.set(partition, copies)
  }
  return { ...read, files }
}
