import type { Asset } from "@freshet/core"
import {
  type Blocker,
  findAwaitedFiles,
  formatBlocker,
  getDeclaredRange,
  intersectRanges,
  type PartitionRange,
} from "@freshet/core/engine"

import type { NotLandedDocument } from "../documents/plan.ts"
import { createPartitionsConverter } from "../partition-keys.ts"
import type { Project } from "../project.ts"

/** Partitions that do not exist yet, and the files for which they wait. */
export interface AwaitedPartitions {
  readonly asset: string
  /** Undefined for all partitions of an asset that has none yet. */
  readonly range: PartitionRange | undefined
  readonly blocker: Blocker
}

/** Finds the files for which an asset without partitions waits; with a range, those of its partitions that have ended. */
export function findAwaitedPartitions(
  { evaluation, nowMs }: Project,
  asset: Asset,
  range?: PartitionRange,
): readonly AwaitedPartitions[] {
  if (evaluation.bounds.has(asset.name)) return []
  const endedRange = range && intersectRanges(range, getDeclaredRange(asset.partitions, nowMs))
  if (range !== undefined && endedRange === undefined) return []
  const blocker = findAwaitedFiles(evaluation, asset, endedRange)
  return blocker === undefined ? [] : [{ asset: asset.name, range: endedRange, blocker }]
}

/** Describes partitions that do not exist yet. */
export function toNotLandedDocument(
  project: Project,
  { asset, range, blocker }: AwaitedPartitions,
): NotLandedDocument {
  return {
    asset,
    ...createPartitionsConverter(project)(asset, range === undefined ? [] : [range]),
    blocker: blocker.text,
    reason: formatBlocker(blocker),
  }
}
