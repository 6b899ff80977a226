import type { AnyAsset, Asset } from "../declare/asset.ts"
import { nests } from "../declare/nesting.ts"
import { type Partitions, type Static, type Timed, isTimed } from "../declare/partition.ts"
import { type Read, relationName } from "../declare/read.ts"
import type { Problem } from "../problem.ts"
import { didYouMean } from "../suggest.ts"

/** What is wrong with what an asset's computation reads. */
export function readProblems(asset: Asset, byName: ReadonlyMap<string, AnyAsset>): Problem[] {
  return asset.computation.reads.flatMap((read) =>
    read.asset === undefined
      ? ownPastProblems(asset, read)
      : [...unknownRead(asset, read, byName), ...cutProblems(asset, read)],
  )
}

function unknownRead(asset: Asset, read: Read, byName: ReadonlyMap<string, AnyAsset>): Problem[] {
  const name = read.asset?.name ?? ""
  if (byName.get(name) === read.asset) return []
  const other = byName.has(name)
  return [
    {
      kind: "unknown_read",
      asset: asset.name,
      message: other
        ? `\`${asset.name}\` reads another \`${name}\` than the one that is declared.`
        : `\`${asset.name}\` reads \`${name}\`, which no declared asset is named.`,
      hint: other
        ? "Import the asset from where it is declared; do not declare it twice."
        : `Add it to the definitions. ${didYouMean(name, byName.keys())}`,
    },
  ]
}

function ownPastProblems(asset: Asset, read: Read): Problem[] {
  const problem = (message: string, hint: string): Problem[] => [
    { kind: "own_past", asset: asset.name, message, hint },
  ]
  if (read.window.kind !== "previous")
    return problem(
      `\`${asset.name}\` reads itself.`,
      "Only checks say itself; a query says previous().",
    )
  if (asset.partitions.kind === "none")
    return problem(
      `\`${asset.name}\` reads its previous partition, but has none.`,
      "Give it partitions.",
    )
  if (asset.partitions.kind === "static")
    return problem(
      `\`${asset.name}\` reads its previous partition, but keys have no order.`,
      "Cut it by time.",
    )
  if (asset.computation.outputs.length > 1)
    return problem(
      `\`${asset.computation.name}\` has several outputs and reads its previous partition.`,
      "Make the accumulating output an asset of its own.",
    )
  return []
}

type Misfit = Pick<Problem, "kind" | "message" | "hint">

/** What is wrong with a read because of how the two assets are cut. Whoever reads all of an asset may be cut in any way. */
export function cutProblems(asset: Asset, read: Read): Problem[] {
  if (read.asset === undefined || read.window.kind === "all") return []
  const misfit = misfitOf(asset.name, asset.partitions, { ...read, asset: read.asset })
  return misfit === undefined ? [] : [{ ...misfit, asset: asset.name }]
}

function misfitOf(name: string, own: Partitions, read: Read<AnyAsset>): Misfit | undefined {
  const { partitions } = read.asset
  const window = read.window.kind
  if (partitions.kind === "none")
    return window === "same"
      ? undefined
      : grain(`${reading(name, read)}.`, "It is not partitioned: read it bare.")
  if (own.kind === "none")
    return window === "same" || window === "offsets"
      ? grain(
          `\`${name}\` is not partitioned but reads ${relation(read)}.`,
          "Say all(…) or latest(…).",
        )
      : undefined
  if (own.kind === "static") return keysMisfit(name, own, read)
  return isTimed(partitions)
    ? timeMisfit(name, own, read, partitions)
    : grain(
        `\`${name}\` is ${own.kind} but reads ${relation(read)}, which has a partition a key.`,
        "Say all(…).",
      )
}

function grain(message: string, hint: string): Misfit {
  return { kind: "grain", message, hint }
}

function relation(read: Read): string {
  return `\`${relationName(read)}\``
}

function reading(name: string, read: Read): string {
  return `\`${name}\` reads ${relation(read)}`
}

function keysMisfit(name: string, own: Static, read: Read<AnyAsset>): Misfit | undefined {
  const { partitions } = read.asset
  const window = read.window.kind
  if (isTimed(partitions))
    return window === "latest"
      ? undefined
      : grain(
          `\`${name}\` has a partition a key but reads ${relation(read)}, which is ${partitions.kind}.`,
          "Say all(…) or latest(…).",
        )
  if (window !== "same")
    return grain(
      `${reading(name, read)}, but keys have no order.`,
      "Read it bare, which is the same key, or say all(…).",
    )
  if (partitions.kind !== "static" || nests(own, partitions)) return undefined
  return {
    kind: "keys",
    message: `\`${name}\` reads ${relation(read)}, which has other keys${keyInOne(name, own, read.asset.name, partitions)}.`,
    hint: "Use one list of keys for both, or say all(…).",
  }
}

/** A key that one of two sets lacks; two sets without one differ in their order. */
function keyInOne(one: string, own: Static, other: string, others: Static): string {
  const only = (keys: readonly string[], rest: ReadonlySet<string>, name: string) => {
    const key = keys.find((each) => !rest.has(each))
    return key === undefined ? "" : `: only \`${name}\` has "${key}"`
  }
  const mine = only(own.keys, new Set(others.keys), one)
  return mine || only(others.keys, new Set(own.keys), other) || ": their order differs"
}

function timeMisfit(
  name: string,
  own: Timed,
  read: Read<AnyAsset>,
  partitions: Timed,
): Misfit | undefined {
  if (nests(own, partitions)) return undefined
  if (own.zone !== partitions.zone)
    return {
      kind: "zone",
      message: `\`${name}\` is cut by the clocks of ${own.zone}, \`${read.asset.name}\` by those of ${partitions.zone}.`,
      hint: "Partitions of two zones do not cover each other: use one zone for both, or say all(…).",
    }
  return grain(
    `\`${name}\` is ${own.kind} but reads ${relation(read)}, which is ${partitions.kind}.`,
    "A week may lie in two months: read what is daily instead, or say all(…).",
  )
}
