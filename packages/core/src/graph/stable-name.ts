import type { AnyAsset, Read } from "../declare/declaration.ts"
import { formatRelationName } from "../declare/read.ts"

/** The declared assets by name. */
interface DeclaredAssets {
  readonly assets: ReadonlyMap<string, AnyAsset>
}

interface StableNames {
  /** Asset → its name in versions. */
  readonly names: ReadonlyMap<string, string>
  /** Name in versions → its asset. */
  readonly assets: ReadonlyMap<string, AnyAsset>
}

const stableNamesCache = new WeakMap<DeclaredAssets["assets"], StableNames>()

/** The name of an asset in versions: its oldest name, so that renaming does not change versions. A name that was reused is marked. */
export function getStableName(declared: DeclaredAssets, { name, previousNames }: AnyAsset): string {
  return findStableNames(declared).names.get(name) ?? previousNames[0] ?? name
}

/** Finds the asset that has a name in versions; undefined for an asset that is not declared. */
export function findAssetByStableName(
  declared: DeclaredAssets,
  name: string,
): AnyAsset | undefined {
  return findStableNames(declared).assets.get(name)
}

function findStableNames({ assets }: DeclaredAssets): StableNames {
  const cached = stableNamesCache.get(assets)
  if (cached !== undefined) return cached
  const oldestNames = new Set(
    [...assets.values()].flatMap(({ previousNames }) => previousNames[0] ?? []),
  )
  const names = new Map<string, string>()
  for (const { name, previousNames } of assets.values())
    names.set(name, previousNames[0] ?? (oldestNames.has(name) ? `${name}~2` : name))
  const byStableName = new Map(
    [...assets.values()].map((asset) => [names.get(asset.name) ?? asset.name, asset]),
  )
  const stableNames = { names, assets: byStableName }
  stableNamesCache.set(assets, stableNames)
  return stableNames
}

/** The name of a read's relation in versions. */
export function formatStableRead(declared: DeclaredAssets, read: Read): string {
  const stableName = read.asset === undefined ? "" : getStableName(declared, read.asset)
  return formatStableRelation({ read, stableName })
}

/** The name of a resolved read's relation in versions. */
export function formatStableRelation({
  read,
  stableName,
}: {
  readonly read: Read
  readonly stableName: string
}): string {
  return formatRelationName({ ...read, asset: read.asset && { name: stableName } })
}
