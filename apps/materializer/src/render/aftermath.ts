import {
  type Graph,
  type PartitionRange,
  type Published,
  partitionsText,
  partitionNoun,
} from "@freshet/core"

import { counted } from "./amount.ts"
import { type Look, paint } from "./look.ts"

/** What a backfill left as it was. */
export interface Aftermath {
  /** What the asset's publication set shows; undefined for an asset that is not published. */
  readonly published: Published | undefined
  /** Computation → partitions that read what was made and have not been made anew. */
  readonly stale: ReadonlyMap<string, readonly PartitionRange[]>
  /** What mends that, one after the other; none where no backfill does. */
  readonly commands: readonly string[]
}

export function aftermathLines(
  graph: Graph,
  { published, stale, commands }: Aftermath,
  look: Look,
): readonly string[] {
  const shows =
    published === undefined
      ? []
      : [
          `The published tables of ${published.set} show ${published.partitionKey}, the newest ${nounOf(graph, published)}; a backfill of the past does not change them.`,
        ]
  if (stale.size === 0) return [...shows, "Nothing downstream became stale."]
  const names = [...stale].map(([computation, partitions]) => {
    const output = graph.computations.find(({ name }) => name === computation)?.outputs[0]
    return `  ${computation} ${partitionsText(graph, output?.asset ?? "", partitions)}`.trimEnd()
  })
  return [
    ...shows,
    paint(look, "stale", `${counted(stale.size, "computation")} downstream became stale:`),
    ...names,
    ...mendingLines(commands),
  ]
}

function mendingLines([first, ...others]: readonly string[]): readonly string[] {
  if (first === undefined) return []
  if (others.length === 0) return [`To make them as well: \`${first}\``]
  return ["To make them as well:", ...[first, ...others].map((command) => `  \`${command}\``)]
}

function nounOf({ assets }: Graph, { set }: Published): string {
  for (const asset of assets.values())
    if (asset.kind === "asset" && asset.publish?.set === set) return partitionNoun(asset.partitions)
  return "partition"
}
