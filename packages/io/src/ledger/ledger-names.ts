import { type AnyAsset, type Computation, type Graph, joinedRanges } from "@freshet/core"
import type { PartitionRange, Partitions } from "@freshet/core"
import type { Client } from "pg"

/** How the ledger writes what the declarations name: assets that once had other names, and keys that are a set. */
export interface LedgerNames {
  readonly graph: Graph
  /** A name that no asset has any more → the asset that had it. */
  readonly renamed: ReadonlyMap<string, string>
  /** Key of a static partition → the number that stands for it in the ledger. */
  readonly ids: ReadonlyMap<string, number>
  /** Static asset → number in the ledger → partition. */
  readonly places: ReadonlyMap<string, ReadonlyMap<number, number>>
}

/** Reads how the ledger names what the graph declares; asks nothing of the database unless keys are a set. */
export async function readLedgerNames(client: Client, graph: Graph): Promise<LedgerNames> {
  const keys = declaredKeys(graph)
  if (keys.length === 0) return ledgerNames(graph, new Map())
  const { rows } = await client.query<{ key: string; id: number }>(
    "select key, id from freshet.static_keys where key = any($1)",
    [keys],
  )
  return ledgerNames(graph, new Map(rows.map(({ key, id }) => [key, id])))
}

/** The same, with a number for every declared key: only the holder of the right to run gives numbers. */
export async function learnLedgerNames(client: Client, graph: Graph): Promise<LedgerNames> {
  const known = await readLedgerNames(client, graph)
  const unknown = declaredKeys(graph).filter((key) => !known.ids.has(key))
  if (unknown.length === 0) return known
  await client.query("insert into freshet.static_keys (key) select unnest($1::text[])", [unknown])
  return readLedgerNames(client, graph)
}

function declaredKeys(graph: Graph): readonly string[] {
  const keys = new Set<string>()
  for (const { partitions } of graph.assets.values())
    for (const key of staticKeys(partitions) ?? []) keys.add(key)
  return [...keys]
}

function ledgerNames(graph: Graph, ids: ReadonlyMap<string, number>): LedgerNames {
  const renamed = new Map<string, string>()
  const places = new Map<string, ReadonlyMap<number, number>>()
  for (const { name, formerly, partitions } of graph.assets.values()) {
    for (const former of formerly) if (!graph.assets.has(former)) renamed.set(former, name)
    const keys = staticKeys(partitions)
    if (keys !== undefined) places.set(name, placesOf(keys, ids))
  }
  return { graph, renamed, ids, places }
}

function placesOf(
  keys: readonly string[],
  ids: ReadonlyMap<string, number>,
): ReadonlyMap<number, number> {
  return new Map(
    keys.flatMap((key, position) => {
      const id = ids.get(key)
      return id === undefined ? [] : [[id, position] as const]
    }),
  )
}

/** The keys of partitions that are a set; undefined for those that follow the calendar and for the one of an uncut asset. */
export function staticKeys(partitions: Partitions): readonly string[] | undefined {
  return partitions.kind === "static" ? partitions.keys : undefined
}

/** All names under which an asset's past is recorded, today's first, then the newest. */
export function namesOf({ graph }: Pick<LedgerNames, "graph">, asset: AnyAsset): readonly string[] {
  if (asset.formerly.length === 0) return [asset.name]
  const former = asset.formerly.filter((name) => !graph.assets.has(name))
  return [...new Set([asset.name, ...former.toReversed()])]
}

/** All names under which a computation's steps are recorded, today's first: that of a single asset had the asset's names. */
export function computationNames(
  names: Pick<LedgerNames, "graph">,
  { name }: Computation,
): readonly string[] {
  const asset = names.graph.assets.get(name)
  return asset?.kind === "asset" && asset.computation.name === name ? namesOf(names, asset) : [name]
}

/** All names under which the past of an asset, declared or not, is recorded. */
export function namesRecorded(names: Pick<LedgerNames, "graph">, name: string): readonly string[] {
  const asset = names.graph.assets.get(name)
  return asset === undefined ? [name] : namesOf(names, asset)
}

/** Today's name of what was recorded under `name`. */
export function nameToday({ graph, renamed }: LedgerNames, name: string): string {
  return graph.assets.has(name) ? name : (renamed.get(name) ?? name)
}

/** The number that stands in the ledger for a partition of an asset, or of the outputs of a computation; undefined when no run has seen its key. */
export function findRecordedPartition(
  names: LedgerNames,
  name: string,
  partition: number,
): number | undefined {
  const keys = keysOf(names, name)
  return keys === undefined ? partition : names.ids.get(keys[partition] ?? "")
}

/** The same, for one that must have a number. */
export function recordedPartition(names: LedgerNames, name: string, partition: number): number {
  const id = findRecordedPartition(names, name, partition)
  if (id === undefined) throw new TypeError(`${name} has no key ${partition}`)
  return id
}

/** The partition that a number in the ledger stands for; undefined when its key is not declared any more. */
export function findPartitionOf(names: LedgerNames, name: string, id: number): number | undefined {
  const places = names.places.get(partitionedLike(names, name))
  return places === undefined ? id : places.get(id)
}

/** Ranges of numbers in the ledger that stand for a range of partitions. */
export function recordedRanges(
  names: LedgerNames,
  name: string,
  range: PartitionRange,
): readonly PartitionRange[] {
  const keys = keysOf(names, name)
  if (keys === undefined) return [range]
  const wanted = keys.slice(Math.max(0, range.from), Math.max(0, range.to + 1))
  return wanted.flatMap((key) => {
    const id = names.ids.get(key)
    return id === undefined ? [] : [{ from: id, to: id }]
  })
}

/** Ranges of partitions that ranges of numbers in the ledger stand for, in order and joined. */
export function partitionRanges(
  names: LedgerNames,
  name: string,
  ranges: readonly PartitionRange[],
): readonly PartitionRange[] {
  const places = names.places.get(partitionedLike(names, name))
  if (places === undefined) return joinedRanges(ranges)
  const partitions = [...places]
    .filter(([id]) => ranges.some(({ from, to }) => from <= id && id <= to))
    .map(([, partition]) => ({ from: partition, to: partition }))
  return joinedRanges(partitions)
}

function keysOf(names: LedgerNames, name: string): readonly string[] | undefined {
  const partitions = names.graph.assets.get(partitionedLike(names, name))?.partitions
  return partitions && staticKeys(partitions)
}

/** The asset that has the partitions of this asset or computation. */
function partitionedLike({ graph, places }: LedgerNames, name: string): string {
  if (places.size === 0 || graph.assets.has(name)) return name
  return graph.computations.find((each) => each.name === name)?.outputs[0]?.asset ?? name
}
