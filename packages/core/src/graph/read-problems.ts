import type { AnyAsset, Asset, Read } from "../declare/declaration.ts"
import { type Partitions, type Static, type Timed, isTimed } from "../declare/partition.ts"
import { formatRelationName } from "../declare/read.ts"
import { nests } from "../partitions/nesting.ts"
import type { Problem } from "../problem.ts"
import { formatSuggestion } from "../suggest.ts"

/** What is wrong with what an asset's computation reads. */
export function findReadProblems(asset: Asset, byName: ReadonlyMap<string, AnyAsset>): Problem[] {
  return asset.computation.reads.flatMap((read) =>
    read.asset === undefined
      ? findPreviousProblems(asset, read)
      : [...findUnknownRead(asset, read, byName), ...findPartitionProblems(asset, read)],
  )
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
        ? `\`${asset.name}\` reads another \`${name}\` than the one that is declared.`
        : `\`${asset.name}\` reads \`${name}\`, which no declared asset is named.`,
      hint: isDeclared
        ? "Import the asset from where it is declared; do not declare it twice."
        : `Add it to the definitions. ${formatSuggestion(name, byName.keys())}`,
    },
  ]
}

function findPreviousProblems(asset: Asset, read: Read): Problem[] {
  const toProblems = (message: string, hint: string): Problem[] => [
    { kind: "own_past", asset: asset.name, message, hint },
  ]
  if (read.window.kind !== "previous")
    return toProblems(
      `\`${asset.name}\` reads itself.`,
      "Only checks say itself; a query says previous().",
    )
  if (asset.partitions.kind === "none")
    return toProblems(
      `\`${asset.name}\` reads its previous partition, but has none.`,
      "Give it partitions.",
    )
  if (asset.partitions.kind === "static")
    return toProblems(
      `\`${asset.name}\` reads its previous partition, but keys have no order.`,
      "Cut it by time.",
    )
  if (asset.computation.outputs.length > 1)
    return toProblems(
      `\`${asset.computation.name}\` has several outputs and reads its previous partition.`,
      "Make the accumulating output an asset of its own.",
    )
  return []
}

type ReadMisfit = Pick<Problem, "kind" | "message" | "hint">

/** What is wrong with a read because of how the two assets are cut. Whoever reads all of an asset may be cut in any way. */
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
      : granularityMisfit(`${formatReading(name, read)}.`, "It is not partitioned: read it bare.")
  if (readerPartitions.kind === "none")
    return window === "same" || window === "offsets"
      ? granularityMisfit(
          `\`${name}\` is not partitioned but reads ${quoteRelation(read)}.`,
          "Say all(…) or latest(…).",
        )
      : undefined
  if (readerPartitions.kind === "static") return findKeysMisfit(name, readerPartitions, read)
  return isTimed(partitions)
    ? findTimeMisfit(name, readerPartitions, read, partitions)
    : granularityMisfit(
        `\`${name}\` is ${readerPartitions.kind} but reads ${quoteRelation(read)}, which has a partition a key.`,
        "Say all(…).",
      )
}

function granularityMisfit(message: string, hint: string): ReadMisfit {
  return { kind: "grain", message, hint }
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
          `\`${name}\` has a partition a key but reads ${quoteRelation(read)}, which is ${partitions.kind}.`,
          "Say all(…) or latest(…).",
        )
  if (window !== "same")
    return granularityMisfit(
      `${formatReading(name, read)}, but keys have no order.`,
      "Read it bare, which is the same key, or say all(…).",
    )
  if (partitions.kind !== "static" || nests(readerPartitions, partitions)) return undefined
  return {
    kind: "keys",
    message: `\`${name}\` reads ${quoteRelation(read)}, which has other keys${formatKeyDifference(name, readerPartitions, read.asset.name, partitions)}.`,
    hint: "Use one list of keys for both, or say all(…).",
  }
}

/** A key that one of two sets lacks; two sets without one differ in their order. */
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
      message: `\`${name}\` is cut by the clocks of ${readerPartitions.zone}, \`${read.asset.name}\` by those of ${partitions.zone}.`,
      hint: "Partitions of two zones do not cover each other: use one zone for both, or say all(…).",
    }
  return granularityMisfit(
    `\`${name}\` is ${readerPartitions.kind} but reads ${quoteRelation(read)}, which is ${partitions.kind}.`,
    "A week may lie in two months: read what is daily instead, or say all(…).",
  )
}
