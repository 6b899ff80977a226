import type { AnyAsset } from "@freshet/core"

import type { TerminalStyle } from "../terminal/terminal-style.ts"
import { formatGranularity } from "./granularity.ts"
import { formatTable } from "./table.ts"

/** Declared assets, one a line. */
export function formatAssetList(
  assets: readonly AnyAsset[],
  style: TerminalStyle,
): readonly string[] {
  const rows = assets.map((asset) => [
    asset.name,
    asset.group,
    asset.kind === "source" ? "source" : asset.computation.kind,
    formatGranularity(asset.partitions),
    asset.kind === "asset" ? (asset.publish?.set ?? "") : "",
    getFirstSentence(asset.description),
  ])
  const columns = [
    { header: "asset" },
    { header: "group", drop: 4 },
    { header: "kind", drop: 3 },
    { header: "partitions", drop: 1 },
    { header: "published in", drop: 2 },
    { header: "description", shrinks: true },
  ]
  return formatTable(columns, rows, style)
}

function getFirstSentence(text: string): string {
  return /^.*?[.!?](?=\s|$)/s.exec(text)?.[0].replaceAll(/\s+/g, " ") ?? text
}
