import type { SourceAsset } from "@freshet/core"
import type { Problem } from "@freshet/core/engine"

import type { ListedFile } from "./hashed-file.ts"
import type { LandingZone } from "./landing-zone.ts"
import { type PartitionProblem, resolveEntries } from "./partition-files.ts"
import { parsePathPattern } from "./path-pattern.ts"
import {
  toUnreadableFolderProblem,
  toUnrecognizedNameProblems,
  type UnrecognizedName,
} from "./unrecognized-names.ts"
import { walkLanding } from "./walk-landing.ts"

/** One partition of a source in the landing zone: its files in the order of their paths, or what is wrong with them. */
export interface ListedPartition {
  readonly source: SourceAsset
  readonly partition: number
  readonly files: readonly ListedFile[]
  readonly problem: PartitionProblem | undefined
}

/** The result of a walk through the landing zone, from names, sizes and times only. */
export interface LandingListing {
  readonly partitions: readonly ListedPartition[]
  /** The problems of folders and of names that belong to no partition. */
  readonly problems: readonly Problem[]
}

/**
 * Finds the files of every source; each folder is listed once. The remembered files show which partitions a folder
 * had that cannot be read now. Undefined if the landing zone does not exist.
 */
export async function listLanding(
  sources: readonly SourceAsset[],
  zone: Pick<LandingZone, "openListing">,
  rememberedFiles: ReadonlyMap<string, unknown> = new Map(),
): Promise<LandingListing | undefined> {
  const patterns = sources.map(parsePathPattern)
  const list = await zone.openListing(patterns.map(({ folder }) => folder))
  if (list === undefined) return undefined
  const walk = walkLanding(patterns, list, rememberedFiles)
  const folderNames: UnrecognizedName[] = []
  const partitions: ListedPartition[] = []
  for (const [pattern, entriesByPartition] of walk.entries)
    for (const [partition, entries] of entriesByPartition) {
      const { files, folders, problem } = resolveEntries(pattern, entries, walk.list)
      if (files.length > 0 || problem !== undefined)
        partitions.push({ source: pattern.source, partition, files, problem })
      for (const name of folders) folderNames.push({ kind: "folder", pattern, name })
    }
  return {
    partitions,
    problems: [
      ...walk.unreadableFolders.map(toUnreadableFolderProblem),
      ...toUnrecognizedNameProblems([...folderNames, ...walk.unrecognizedNames]),
    ],
  }
}
