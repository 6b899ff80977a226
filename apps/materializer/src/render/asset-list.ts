import type { AnyAsset } from "@freshet/core"

import type { Look } from "./look.ts"
import { grainWord } from "./partition-words.ts"
import { table } from "./table.ts"

/** Declared assets, one a line. */
export function assetListLines(assets: readonly AnyAsset[], look: Look): readonly string[] {
  const rows = assets.map((asset) => [
    asset.name,
    asset.group,
    asset.kind === "source" ? "source" : asset.computation.kind,
    grainWord(asset.partitions),
    asset.kind === "asset" ? (asset.publish?.set ?? "") : "",
    firstSentence(asset.description),
  ])
  const columns = [
    { header: "asset" },
    { header: "group", drop: 4 },
    { header: "kind", drop: 3 },
    { header: "partitions", drop: 1 },
    { header: "published in", drop: 2 },
    { header: "description", shrinks: true },
  ]
  return table(columns, rows, look)
}

function firstSentence(text: string): string {
  return /^.*?[.!?](?=\s|$)/s.exec(text)?.[0].replaceAll(/\s+/g, " ") ?? text
}
