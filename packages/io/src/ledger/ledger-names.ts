import type { AnyAsset, Partitions } from "@freshet/core"
import {
  type Computation,
  type Graph,
  intersectRangeLists,
  joinRanges,
  type PartitionRange,
  findAssetByStableName,
  getStableName,
} from "@freshet/core/engine"
import type { Client } from "pg"

import {
  type NumberBlock,
  type RecordedDefinitions,
  findFirstDefinition,
  findNumberBlock,
  firstBlock,
  formatPartitionDefinition,
  readPartitionDefinitions,
  recordPartitionDefinitions,
} from "./partition-definitions.ts"
import {
  type RecordedDeclarations,
  toFollowedNames,
  toRecordedDefinitions,
} from "./recorded-declarations.ts"

/** The ledger's names of declared assets, previous names included, and of partitions. */
export interface LedgerNames {
  readonly graph: Graph
  /** Previous name → asset. */
  readonly currentNames: ReadonlyMap<string, string>
  /** Asset → its previous names whose records were moved to it: later records under them belong to other assets. */
  readonly followedNames: ReadonlyMap<string, readonly string[]>
  /** Key of a static partition → its number in the ledger. */
  readonly keyIds: ReadonlyMap<string, number>
  /** Static asset → number of its key → partition. */
  readonly partitionsById: ReadonlyMap<string, ReadonlyMap<number, number>>
  /** Asset → the numbers of its partitions; an asset whose definition no run has recorded is not in the map. */
  readonly blocks: ReadonlyMap<string, NumberBlock>
  /** Computation that has another name than its outputs → its first output. */
  readonly firstOutputs: ReadonlyMap<string, string>
}

/** The declared assets, and the names that they have in the ledger. */
type RecordedGraph = Pick<LedgerNames, "graph" | "followedNames">

/** Reads the ledger's names of the graph. */
export async function readLedgerNames(client: Client, graph: Graph): Promise<LedgerNames> {
  const definitions = await readPartitionDefinitions(client)
  const followedNames = await readFollowedNames(client)
  const keyIds = await readKeyIds(client, listDeclaredKeys(graph))
  return createLedgerNames({ graph, followedNames }, definitions, keyIds)
}

/** Finds the ledger's names of the graph in its recorded declarations; undefined if a static key has no number. */
export async function findRecordedNames(
  client: Client,
  graph: Graph,
  recorded: RecordedDeclarations,
): Promise<LedgerNames | undefined> {
  const keys = listDeclaredKeys(graph)
  const keyIds = await readKeyIds(client, keys)
  if (keyIds.size < keys.length) return undefined
  const followedNames = toFollowedNames(recorded)
  return createLedgerNames({ graph, followedNames }, toRecordedDefinitions(recorded), keyIds)
}

async function readKeyIds(client: Client, keys: readonly string[]): Promise<LedgerNames["keyIds"]> {
  if (keys.length === 0) return new Map()
  const { rows } = await client.query<{ key: string; id: number }>(
    "select key, id from freshet.static_keys where key = any($1)",
    [keys],
  )
  return new Map(rows.map(({ key, id }) => [key, id]))
}

async function readFollowedNames(client: Client): Promise<LedgerNames["followedNames"]> {
  const { rows } = await client.query<{ name: string; followed: readonly string[] }>(
    "select name, followed_names as followed from freshet.declared_assets where followed_names <> '[]'",
  )
  return new Map(rows.map(({ name, followed }) => [name, followed]))
}

/** Reads the ledger names, and assigns numbers to all declared definitions of partitions and static keys. Called while a run opens. */
export async function assignLedgerNames(client: Client, graph: Graph): Promise<LedgerNames> {
  await recordPartitionDefinitions(client, graph)
  const names = await readLedgerNames(client, graph)
  const newKeys = listDeclaredKeys(graph).filter((key) => !names.keyIds.has(key))
  if (newKeys.length === 0) return names
  await client.query("insert into freshet.static_keys (key) select unnest($1::text[])", [newKeys])
  return readLedgerNames(client, graph)
}

function listDeclaredKeys(graph: Graph): readonly string[] {
  const keys = new Set<string>()
  for (const { partitions } of graph.assets.values())
    for (const key of findStaticKeys(partitions) ?? []) keys.add(key)
  return [...keys]
}

function createLedgerNames(
  { graph, followedNames }: RecordedGraph,
  definitions: RecordedDefinitions,
  keyIds: ReadonlyMap<string, number>,
): LedgerNames {
  const currentNames = new Map<string, string>()
  const partitionsById = new Map<string, ReadonlyMap<number, number>>()
  const blocks = new Map<string, NumberBlock>()
  for (const asset of graph.assets.values()) {
    const { name, partitions } = asset
    for (const recordedName of listNames({ graph, followedNames }, asset))
      if (recordedName !== name) currentNames.set(recordedName, name)
    const keys = findStaticKeys(partitions)
    if (keys !== undefined) partitionsById.set(name, mapIdsToPartitions(keys, keyIds))
    const first = findFirstDefinition(definitions, asset)
    const block = findNumberBlock(definitions, formatPartitionDefinition(partitions), first)
    if (block !== undefined) blocks.set(name, block)
  }
  const firstOutputs = new Map(
    graph.computations.flatMap(({ name, outputs: [output] }) =>
      output === undefined || graph.assets.has(name) ? [] : [[name, output.asset] as const],
    ),
  )
  return { graph, currentNames, followedNames, keyIds, partitionsById, blocks, firstOutputs }
}

function mapIdsToPartitions(
  keys: readonly string[],
  keyIds: ReadonlyMap<string, number>,
): ReadonlyMap<number, number> {
  return new Map(
    keys.flatMap((key, position) => {
      const id = keyIds.get(key)
      return id === undefined ? [] : [[id, position] as const]
    }),
  )
}

/** Returns the keys of static partitions; undefined for timed partitions and for unpartitioned assets. */
export function findStaticKeys(partitions: Partitions): readonly string[] | undefined {
  return partitions.kind === "static" ? partitions.keys : undefined
}

/** Lists the names under which an asset's past is recorded: the current one, then previous ones, newest first. */
export function listNames(
  { graph, followedNames }: RecordedGraph,
  asset: AnyAsset,
): readonly string[] {
  if (asset.previousNames.length === 0) return [asset.name]
  const followed = followedNames.get(asset.name) ?? []
  const previousNames = asset.previousNames.filter(
    (name) => !graph.assets.has(name) && !followed.includes(name),
  )
  return [...new Set([asset.name, ...previousNames.toReversed()])]
}

/** Lists the names under which reads of assets are recorded, where they differ from the current names of the assets. */
export function listReadNames(
  names: RecordedGraph,
): readonly { readonly name: string; readonly asset: string }[] {
  return [...names.graph.assets.values()].flatMap((asset) => {
    const stableName = getStableName(names.graph, asset)
    const otherNames = listNames(names, asset).filter(
      (name) => findAssetByStableName(names.graph, name) === undefined,
    )
    return [...new Set([stableName, ...otherNames])]
      .filter((name) => name !== asset.name)
      .map((name) => ({ name, asset: asset.name }))
  })
}

/** Lists the names under which a computation's steps are recorded, the current one first. A computation of one asset has the asset's names. */
export function listComputationNames(
  names: RecordedGraph,
  { name }: Computation,
): readonly string[] {
  const asset = names.graph.assets.get(name)
  return asset?.kind === "asset" && asset.computation.name === name
    ? listNames(names, asset)
    : [name]
}

/** Lists the names under which the past of an asset, declared or not, is recorded. */
export function listRecordedNames(names: RecordedGraph, name: string): readonly string[] {
  const asset = names.graph.assets.get(name)
  return asset === undefined ? [name] : listNames(names, asset)
}

/** Returns the current name of an asset that was recorded under `name`. */
export function getCurrentName({ graph, currentNames }: LedgerNames, name: string): string {
  return graph.assets.has(name) ? name : (currentNames.get(name) ?? name)
}

/** Finds the ledger's number of a partition of an asset or a computation; undefined if no run has recorded its key or its definition. */
export function findPartitionId(
  names: LedgerNames,
  name: string,
  partition: number,
): number | undefined {
  const block = findBlock(names, name)
  if (block === undefined) return undefined
  const keys = findKeys(names, name)
  const id = keys === undefined ? partition : names.keyIds.get(keys[partition] ?? "")
  return id === undefined ? undefined : id + block.offset
}

/** Returns the ledger's number of a partition that must have one. */
export function getPartitionId(names: LedgerNames, name: string, partition: number): number {
  const id = findPartitionId(names, name, partition)
  if (id === undefined) throw new TypeError(`${name} has no key ${partition}`)
  return id
}

/** Finds the partition of a number in the ledger; undefined if its key or its definition is no longer declared. */
export function findPartitionById(
  names: LedgerNames,
  name: string,
  id: number,
): number | undefined {
  const block = findBlock(names, name)
  if (block === undefined || id < block.from || id > block.to) return undefined
  const places = names.partitionsById.get(findPartitionedAsset(names, name))
  return places === undefined ? id - block.offset : places.get(id - block.offset)
}

/** Converts a range of partitions to ranges of the ledger's numbers. */
export function toRecordedRanges(
  names: LedgerNames,
  name: string,
  range: PartitionRange,
): readonly PartitionRange[] {
  const block = findBlock(names, name)
  if (block === undefined) return []
  const { offset } = block
  const keys = findKeys(names, name)
  if (keys === undefined) {
    const from = Math.max(range.from + offset, block.from)
    const to = Math.min(range.to + offset, block.to)
    return from <= to ? [{ from, to }] : []
  }
  const rangeKeys = keys.slice(Math.max(0, range.from), Math.max(0, range.to + 1))
  return rangeKeys.flatMap((key) => {
    const id = names.keyIds.get(key)
    return id === undefined ? [] : [{ from: id + offset, to: id + offset }]
  })
}

/** Lists all numbers that the ledger has for the partitions of an asset or a computation. */
export function listRecordedBounds(names: LedgerNames, name: string): readonly PartitionRange[] {
  const block = findBlock(names, name)
  return block === undefined ? [] : [{ from: block.from, to: block.to }]
}

/** Converts ranges of the ledger's numbers to joined ranges of partitions, in order. */
export function toPartitionRanges(
  names: LedgerNames,
  name: string,
  ranges: readonly PartitionRange[],
): readonly PartitionRange[] {
  const block = findBlock(names, name)
  if (block === undefined) return []
  const blockRanges = intersectRangeLists(joinRanges(ranges), [block]).map(({ from, to }) => ({
    from: from - block.offset,
    to: to - block.offset,
  }))
  const places = names.partitionsById.get(findPartitionedAsset(names, name))
  if (places === undefined) return blockRanges
  const partitions = [...places]
    .filter(([id]) => blockRanges.some(({ from, to }) => from <= id && id <= to))
    .map(([, partition]) => ({ from: partition, to: partition }))
  return joinRanges(partitions)
}

/** Finds the numbers of the present partitions of an asset or a computation; an undeclared name has the first ones. */
function findBlock(names: LedgerNames, name: string): NumberBlock | undefined {
  const asset = findPartitionedAsset(names, name)
  return names.graph.assets.has(asset) ? names.blocks.get(asset) : firstBlock
}

function findKeys(names: LedgerNames, name: string): readonly string[] | undefined {
  const partitions = names.graph.assets.get(findPartitionedAsset(names, name))?.partitions
  return partitions && findStaticKeys(partitions)
}

/** Finds the asset with the partitions of this asset or computation. */
function findPartitionedAsset({ firstOutputs }: LedgerNames, name: string): string {
  return firstOutputs.get(name) ?? name
}
