import type { AnyAsset, Asset, Read } from "../declare/declaration.ts"
import { type Partitions, type Static, type Timed, isTimed } from "../declare/partition.ts"
import { formatRelationName } from "../declare/read.ts"
import { nests } from "../partitions/nesting.ts"
import type { Problem } from "../problem.ts"
import { formatSuggestion } from "../suggest.ts"

/** Finds the problems of the reads of an asset's computation. */
export function findReadProblems(asset: Asset, byName: ReadonlyMap<string, AnyAsset>): Problem[] {
  return asset.computation.reads.flatMap((read) =>
    read.asset === undefined
      ? findPreviousProblems(asset, read)
      : [
          ...findUnknownRead(asset, read, byName),
          ...findPartitionProblems(asset, read),
          ...findAsLandedProblems(asset, read.asset, read),
        ],
  )
}

/** Only the files of a source can be pinned, and only if their removal does not retract what was computed from them. */
function findAsLandedProblems(reader: Asset, asset: AnyAsset, read: Read): Problem[] {
  if (read.asLanded !== true) return []
  const toProblems = (message: string, hint: string): Problem[] => [
    { kind: "as_landed", asset: reader.name, message, hint },
  ]
  if (asset.kind !== "source")
    return toProblems(
      `\`${reader.name}\` reads \`${asset.name}\` as landed, but it is not a source.`,
      `Use asLanded(…) where \`${asset.name}\` reads a source.`,
    )
  if (asset.whenRemoved === "retract")
    return toProblems(
      `\`${reader.name}\` reads \`${asset.name}\` as landed, but \`${asset.name}\` retracts what was computed from removed files.`,
      `Declare whenRemoved: "keep" on \`${asset.name}\`, or read it without asLanded(…).`,
    )
  return []
}

function findUnknownRead(
  asset: Asset,
  read: Read,
  byName: ReadonlyMap<string, AnyAsset>,
): Problem[] {
  const name = read.asset?.name ?? ""
  if (byName.get(name) === read.asset) return []
  const isDeclared = byName.has(name)
  return [
    {
      kind: "unknown_read",
      asset: asset.name,
      message: isDeclared
        ? `\`${asset.name}\` reads a second declaration of \`${name}\`, which is not in the definitions.`
        : `\`${asset.name}\` reads \`${name}\`, which is not in the definitions.`,
      hint: isDeclared
        ? "Import the declared asset instead of declaring it twice."
        : `Add it to the definitions. ${formatSuggestion(name, byName.keys())}`,
    },
  ]
}

function findPreviousProblems(asset: Asset, read: Read): Problem[] {
  const toProblems = (message: string, hint: string): Problem[] => [
    { kind: "own_past", asset: asset.name, message, hint },
  ]
  if (read.asLanded === true)
    return toProblems(
      `\`${asset.name}\` reads itself as landed.`,
      "asLanded(…) pins the files of a source; earlier partitions of an asset do not change with files.",
    )
  if (read.window.kind !== "previous")
    return toProblems(
      `\`${asset.name}\` reads itself.`,
      "Use previous(); itself is only for checks.",
    )
  if (asset.partitions.kind === "none")
    return toProblems(
      `\`${asset.name}\` reads its previous partition but is not partitioned.`,
      "Declare partitions of time.",
    )
  if (asset.partitions.kind === "static")
    return toProblems(
      `\`${asset.name}\` reads its previous partition, but its keys have no order.`,
      "Partition it by time.",
    )
  if (asset.computation.outputs.length > 1)
    return toProblems(
      `\`${asset.computation.name}\` has several outputs and reads its previous partition.`,
      "Declare the accumulating output as a separate asset.",
    )
  return []
}

type ReadMisfit = Pick<Problem, "kind" | "message" | "hint">

/** Finds the problems of a read that come from the partitions of the two assets. A read of all partitions has none. */
export function findPartitionProblems(asset: Asset, read: Read): Problem[] {
  if (read.asset === undefined || read.window.kind === "all") return []
  const misfit = findMisfit(asset.name, asset.partitions, { ...read, asset: read.asset })
  return misfit === undefined ? [] : [{ ...misfit, asset: asset.name }]
}

function findMisfit(
  name: string,
  readerPartitions: Partitions,
  read: Read<AnyAsset>,
): ReadMisfit | undefined {
  const { partitions } = read.asset
  const window = read.window.kind
  if (partitions.kind === "none")
    return window === "same"
      ? undefined
      : granularityMisfit(
          `${formatReading(name, read)}.`,
          "It is not partitioned: read it without a window.",
        )
  if (readerPartitions.kind === "none")
    return window === "same" || window === "offsets"
      ? granularityMisfit(
          `\`${name}\` is not partitioned but reads ${quoteRelation(read)}.`,
          "Use all(…) or latest(…).",
        )
      : undefined
  if (readerPartitions.kind === "static") return findKeysMisfit(name, readerPartitions, read)
  return isTimed(partitions)
    ? findTimeMisfit(name, readerPartitions, read, partitions)
    : granularityMisfit(
        `\`${name}\` is ${readerPartitions.kind} but reads ${quoteRelation(read)}, which is partitioned by key.`,
        "Use all(…).",
      )
}

function granularityMisfit(message: string, hint: string): ReadMisfit {
  return { kind: "granularity", message, hint }
}

function quoteRelation(read: Read): string {
  return `\`${formatRelationName(read)}\``
}

function formatReading(name: string, read: Read): string {
  return `\`${name}\` reads ${quoteRelation(read)}`
}

function findKeysMisfit(
  name: string,
  readerPartitions: Static,
  read: Read<AnyAsset>,
): ReadMisfit | undefined {
  const { partitions } = read.asset
  const window = read.window.kind
  if (isTimed(partitions))
    return window === "latest"
      ? undefined
      : granularityMisfit(
          `\`${name}\` is partitioned by key but reads ${quoteRelation(read)}, which is ${partitions.kind}.`,
          "Use all(…) or latest(…).",
        )
  if (window !== "same")
    return granularityMisfit(
      `${formatReading(name, read)}, but keys have no order.`,
      "Read it without a window, which is the same key, or use all(…).",
    )
  if (partitions.kind !== "static" || nests(readerPartitions, partitions)) return undefined
  return {
    kind: "keys",
    message: `\`${name}\` reads ${quoteRelation(read)}, which has other keys${formatKeyDifference(name, readerPartitions, read.asset.name, partitions)}.`,
    hint: "Use one list of keys for both, or use all(…).",
  }
}

/** Formats a key that only one of two lists has; without such a key the lists differ in order. */
function formatKeyDifference(
  one: string,
  partitions: Static,
  otherName: string,
  otherPartitions: Static,
): string {
  const formatMissingKey = (
    keys: readonly string[],
    otherKeys: ReadonlySet<string>,
    name: string,
  ) => {
    const key = keys.find((candidate) => !otherKeys.has(candidate))
    return key === undefined ? "" : `: only \`${name}\` has "${key}"`
  }
  const firstDifference = formatMissingKey(partitions.keys, new Set(otherPartitions.keys), one)
  return (
    firstDifference ||
    formatMissingKey(otherPartitions.keys, new Set(partitions.keys), otherName) ||
    ": their order differs"
  )
}

function findTimeMisfit(
  name: string,
  readerPartitions: Timed,
  read: Read<AnyAsset>,
  partitions: Timed,
): ReadMisfit | undefined {
  if (nests(readerPartitions, partitions)) return undefined
  if (readerPartitions.zone !== partitions.zone)
    return {
      kind: "zone",
      message: `\`${name}\` is partitioned by the clocks of ${readerPartitions.zone}, \`${read.asset.name}\` by those of ${partitions.zone}.`,
      hint: "Partitions of two time zones do not nest: use one zone for both, or use all(…).",
    }
  return granularityMisfit(
    `\`${name}\` is ${readerPartitions.kind} but reads ${quoteRelation(read)}, which is ${partitions.kind}.`,
    "A week may span two months: read a daily asset instead, or use all(…).",
  )
}
