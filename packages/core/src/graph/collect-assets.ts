import type { AnyAsset } from "../declare/declaration.ts"
import { listCheckReads } from "./graph.ts"

/** Tests if a value is a declared asset or source. */
export function isAsset(value: unknown): value is AnyAsset {
  if (typeof value !== "object" || value === null || !("kind" in value)) return false
  return value.kind === "asset" || value.kind === "source"
}

/** Tests if a value is a module, whose exports may be assets. */
export function isAssetModule(value: unknown): value is object {
  return typeof value === "object" && value !== null && !("kind" in value) && !Array.isArray(value)
}

/** Lists the assets of a configuration: its entries, the assets that its modules export, and what these read. */
export function collectAssets(entries: readonly (AnyAsset | object)[]): readonly AnyAsset[] {
  const collected = new Set<AnyAsset>()
  const pending = entries.flatMap((entry) => (isAsset(entry) ? [entry] : listExportedAssets(entry)))
  const names = new Set(pending.map(({ name }) => name))
  for (const asset of pending) {
    if (collected.has(asset)) continue
    collected.add(asset)
    for (const upstream of listReadAssets(asset)) {
      if (names.has(upstream.name)) continue
      names.add(upstream.name)
      pending.push(upstream)
    }
  }
  return [...collected]
}

/** Lists the assets that a module exports, alone, in lists or in records. */
function listExportedAssets(module: object): readonly AnyAsset[] {
  return Object.values(module).flatMap((value: unknown) => {
    if (isAsset(value)) return [value]
    if (typeof value !== "object" || value === null || "kind" in value) return []
    return Object.values(value).filter(isAsset)
  })
}

function listReadAssets(asset: AnyAsset): readonly AnyAsset[] {
  if (asset.kind === "source") return []
  const reads = [...asset.computation.reads, ...listCheckReads(asset)]
  return reads.flatMap((read) => read.asset ?? [])
}
