import type { AssetListDocument } from "@freshet/services"

import type { TerminalStyle } from "../terminal/terminal-style.ts"
import { formatTable } from "./table.ts"

const columns = [
  { header: "asset" },
  { header: "group", drop: 4 },
  { header: "kind", drop: 3 },
  { header: "partitions", drop: 1 },
  { header: "published in", drop: 2 },
  { header: "description", shrinks: true },
] as const

/** Formats declared assets, one a line. */
export function formatAssetList(
  { assets }: AssetListDocument,
  style: TerminalStyle,
): readonly string[] {
  const rows = assets.map(({ name, group, kind, partitions, published, description }) => [
    name,
    group,
    kind,
    partitions === "none" ? "" : partitions,
    published ?? "",
    getFirstSentence(description),
  ])
  return formatTable(columns, rows, style)
}

function getFirstSentence(text: string): string {
  return /^.*?[.!?](?=\s|$)/s.exec(text)?.[0].replaceAll(/\s+/g, " ") ?? text
}
