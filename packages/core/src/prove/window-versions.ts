import type { AnyAsset } from "../declare/declaration.ts"
import type { PartitionRange } from "../declare/partition.ts"
import {
  type ReadText,
  formatVersionPair,
  formatReadHead,
  formatVersionPairs,
} from "../evaluate/declared-versions.ts"
import { getLandedVersion } from "../evaluate/inputs.ts"
import type { PinnedReads, RemovedReads } from "../evaluate/recorded-reads.ts"
import type { Evaluation } from "../evaluate/states.ts"
import type { ListedWindows, WindowFinder } from "../evaluate/windows.ts"
import type { Reading } from "../graph/graph.ts"
import { formatStableRelation } from "../graph/stable-name.ts"
import type { ReadVersions } from "../ports.ts"
import type { VersionColumns } from "./version-columns.ts"

/** The data versions that consecutive partitions find by one read. */
export interface WindowVersions {
  readonly asset: AnyAsset
  readonly head: string
  /** The first partition of the asset; windows are offsets from it. */
  readonly first: number
  readonly windows: ListedWindows
  readonly versionAt: (partition: number) => string | undefined
  /** The files that the reader at an offset was computed from and that are no longer landed. */
  readonly removedAt: (at: number) => ReadVersions["versions"]
  /** The recorded versions that the reader at an offset is pinned to. */
  readonly pinnedAt: (at: number) => ReadVersions["versions"] | undefined
  /** The texts of the partitions from offset `base` on, shared by overlapping windows. */
  readonly texts: (string | undefined)[]
  readonly base: number
}

/** Finds the versions that the partitions of a range find by one read. */
export function findWindowVersions(
  { evaluation, finder, columns, removed, pinned }: VersionSources,
  reading: Reading,
  range: PartitionRange,
): WindowVersions {
  const { asset } = reading
  const { landing, bounds } = evaluation
  const windows = copyPlaces(finder.findListedWindows(reading, range), range.to - range.from + 1)
  const column = columns.get(asset.name)
  const relation = formatStableRelation(reading)
  return {
    asset,
    head: formatReadHead({ asset: reading.stableName, relation }),
    first: bounds.get(asset.name)?.from ?? 0,
    windows,
    versionAt: (partition) =>
      asset.kind === "source"
        ? getLandedVersion(landing, asset, partition)
        : column?.dataVersions[partition - column.from],
    removedAt: (at) => removed?.get(range.from + at)?.get(relation) ?? [],
    pinnedAt: (at) => pinned?.get(range.from + at)?.get(relation)?.versions,
    texts: [],
    base: windows.begin.find((begin, at) => begin < (windows.end[at] ?? 0)) ?? 0,
  }
}

interface VersionSources {
  readonly evaluation: Evaluation
  readonly finder: WindowFinder
  readonly columns: ReadonlyMap<string, VersionColumns>
  /** The files that the reader's partitions were computed from and that are no longer landed. */
  readonly removed: ReadonlyMap<number, RemovedReads> | undefined
  /** The recorded reads as landed of the reader's partitions. */
  readonly pinned: ReadonlyMap<number, PinnedReads> | undefined
}

/** Copies windows, because the finder reuses its columns. */
function copyPlaces(places: ListedWindows | undefined, length: number): ListedWindows {
  const [begin, end] = [places?.begin, places?.end]
  return {
    kind: "places",
    begin: begin === undefined ? new Int32Array(length) : begin.slice(0, length),
    end: end === undefined ? new Int32Array(length) : end.slice(0, length),
  }
}

/** Lists the texts of a reader's input version; undefined if a version is unknown. */
export function listTextsAt(
  reads: readonly WindowVersions[],
  at: number,
): readonly ReadText[] | undefined {
  return listTexts(reads, (read) => {
    const pinned = read.pinnedAt(at)
    if (pinned !== undefined) return formatVersionPairs(read.asset.partitions, pinned)
    return read.asset.partitions.kind === "static"
      ? listKeyedTexts(read, at)
      : listWindowTexts(read, at)
  })
}

/** Lists the texts in which static partitions have their positions as names, as earlier releases recorded them; undefined if no static asset is read. */
export function listOlderTextsAt(
  reads: readonly WindowVersions[],
  at: number,
): readonly ReadText[] | undefined {
  if (reads.every(({ asset }) => asset.partitions.kind !== "static")) return undefined
  return listTexts(reads, (read) => listWindowTexts(read, at))
}

function listTexts(
  reads: readonly WindowVersions[],
  listVersions: (read: WindowVersions) => readonly string[] | undefined,
): readonly ReadText[] | undefined {
  const texts: ReadText[] = []
  for (const read of reads) {
    const versions = listVersions(read)
    if (versions === undefined) return undefined
    texts.push({ head: read.head, versions })
  }
  return texts
}

function listWindowTexts(read: WindowVersions, at: number): readonly string[] | undefined {
  const { texts, base, windows, first, versionAt } = read
  const [begin, end] = [windows.begin[at] ?? 0, windows.end[at] ?? 0]
  for (let place = begin; place < end; place += 1) {
    if (texts[place - base] !== undefined) continue
    const version = versionAt(first + place)
    if (version === undefined) return undefined
    texts[place - base] = formatVersionPair(first + place, version)
  }
  const landedTexts = texts.slice(begin - base, end - base) as string[] // the loop has set every element
  const removed = read.removedAt(at)
  return removed.length === 0
    ? landedTexts
    : includeRemoved(removed, landedTexts, begin === end ? Infinity : first + begin)
}

/** Includes removed files in the texts of consecutive partitions, in place of those without a file. */
function includeRemoved(
  removed: ReadVersions["versions"],
  texts: readonly string[],
  first: number,
): readonly string[] {
  const removedTexts = new Map(
    removed.map(([partition, version]) => [partition, formatVersionPair(partition, version)]),
  )
  return [
    ...removed.flatMap(([partition]) =>
      partition < first ? (removedTexts.get(partition) ?? []) : [],
    ),
    ...texts.map((text, at) => removedTexts.get(first + at) ?? text),
  ]
}

function listKeyedTexts(read: WindowVersions, at: number): readonly string[] | undefined {
  const { asset, windows, first, versionAt } = read
  const versions: [number, string][] = []
  for (let place = windows.begin[at] ?? 0; place < (windows.end[at] ?? 0); place += 1) {
    const version = versionAt(first + place)
    if (version === undefined) return undefined
    versions.push([first + place, version])
  }
  return formatVersionPairs(asset.partitions, versions)
}
