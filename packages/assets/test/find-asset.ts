import type { AnyAsset, Asset } from "@freshet/core"

/** Finds an asset by its name; throws if there is none that is computed. */
export function findAsset(assets: readonly AnyAsset[], name: string): Asset {
  const asset = assets.find((declared) => declared.name === name)
  if (asset?.kind !== "asset") throw new Error(`no asset is named ${name}`)
  return asset
}
