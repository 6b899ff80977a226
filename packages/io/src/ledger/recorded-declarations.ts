import type { Graph } from "@freshet/core/engine"

import { formatPartitionDefinition, type RecordedDefinitions } from "./partition-definitions.ts"

/** The record of one declared asset: its name, whether it was removed, its followed names, and the first and the present definition of its partitions. */
export type RecordedAsset = readonly [
  name: string,
  isRemoved: boolean,
  followedNames: readonly string[],
  firstDefinition: string | null,
  definition: string | null,
]

/** The declarations that the ledger has. */
export interface RecordedDeclarations {
  readonly assets: readonly RecordedAsset[]
  /** Definition of partitions → its number. */
  readonly definitionIds: Readonly<Record<string, number>>
}

/** SQL: the columns of `RecordedDeclarations`. */
export const declarationColumns = `
  (select coalesce(
     json_agg(json_build_array(name, removed_at is not null, followed_names, first_partitions, partitions)), '[]'
   ) from freshet.declared_assets) as assets,
  (select coalesce(json_object_agg(definition, id), '{}') from freshet.partition_definitions) as "definitionIds"`

/** Tests if the ledger has the declarations of a graph as they are, so that a run has nothing to record of them. */
export function areRecorded(
  { assets, definitionIds }: RecordedDeclarations,
  graph: Graph,
): boolean {
  const recordedAssets = new Map(
    assets.flatMap((asset) => (asset[1] ? [] : [[asset[0], asset] as const])),
  )
  const declaredNames = new Set<string>()
  for (const { name, previousNames, partitions } of graph.assets.values()) {
    for (const declaredName of [name, ...previousNames]) {
      if (!recordedAssets.has(declaredName)) return false
      declaredNames.add(declaredName)
    }
    const [, , followedNames = [], , definition] = recordedAssets.get(name) ?? []
    if (definition !== formatPartitionDefinition(partitions)) return false
    if (!Object.hasOwn(definitionIds, definition)) return false
    if (followedNames.some((followedName) => !previousNames.includes(followedName))) return false
  }
  return declaredNames.size === recordedAssets.size
}

/** Returns the definitions of partitions in recorded declarations. */
export function toRecordedDefinitions({
  assets,
  definitionIds,
}: RecordedDeclarations): RecordedDefinitions {
  return {
    ids: new Map(Object.entries(definitionIds)),
    firstByName: new Map(
      assets.flatMap(([name, , , first]) => (first === null ? [] : [[name, first] as const])),
    ),
  }
}

/** Returns the followed names in recorded declarations, by the asset that has followed them. */
export function toFollowedNames({
  assets,
}: RecordedDeclarations): ReadonlyMap<string, readonly string[]> {
  return new Map(
    assets.flatMap(([name, , followedNames]) =>
      followedNames.length === 0 ? [] : [[name, followedNames] as const],
    ),
  )
}
