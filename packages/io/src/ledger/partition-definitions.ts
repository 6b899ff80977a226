import type { Partitions } from "@freshet/core"
import { FreshetError, type Graph, type PartitionRange } from "@freshet/core/engine"
import type { Client } from "pg"

/** Formats what decides the meaning of a partition's index: `daily UTC`. Start and end are not part of it. */
export function formatPartitionDefinition(partitions: Partitions): string {
  return partitions.kind === "none" || partitions.kind === "static"
    ? partitions.kind
    : `${partitions.kind} ${partitions.zone}`
}

/** The recorded definitions of partitions. */
export interface RecordedDefinitions {
  /** Definition → its number. */
  readonly ids: ReadonlyMap<string, number>
  /** Asset, previous names included → the first definition of its partitions. */
  readonly firstByName: ReadonlyMap<string, string>
}

/** Reads the recorded definitions of partitions. */
export async function readPartitionDefinitions(client: Client): Promise<RecordedDefinitions> {
  const { rows } = await client.query<{
    ids: Readonly<Record<string, number>>
    names: Readonly<Record<string, readonly string[]>>
  }>(`
    select
      (select coalesce(jsonb_object_agg(definition, id), '{}') from freshet.partition_definitions) as ids,
      (select coalesce(jsonb_object_agg(first_partitions, names), '{}') from (
        select first_partitions, jsonb_agg(name) as names from freshet.declared_assets
        where first_partitions is not null group by first_partitions
      ) as first) as names`)
  const { ids = {}, names = {} } = rows[0] ?? {}
  const firstByName = new Map<string, string>()
  for (const definition of Object.keys(names))
    for (const name of names[definition] ?? []) firstByName.set(name, definition)
  return { ids: new Map(Object.entries(ids)), firstByName }
}

/** Finds the first definition of an asset's partitions: its own, or that of its newest previous name. */
export function findFirstDefinition(
  { firstByName }: RecordedDefinitions,
  { name, previousNames }: { readonly name: string; readonly previousNames: readonly string[] },
): string | undefined {
  const recordedName = [name, ...previousNames.toReversed()].find((candidate) =>
    firstByName.has(candidate),
  )
  return recordedName === undefined ? undefined : firstByName.get(recordedName)
}

/** Records the declared definitions of partitions. Writes only changes. Only while a run opens, or with the run lock alone. */
export async function recordPartitionDefinitions(client: Client, graph: Graph): Promise<void> {
  const recorded = await readPartitionDefinitions(client)
  const declared = [...graph.assets.values()].map((asset) => {
    const definition = formatPartitionDefinition(asset.partitions)
    return { asset, definition, first: findFirstDefinition(recorded, asset) ?? definition }
  })
  await client.query(
    `insert into freshet.partition_definitions (definition)
     select distinct definition from unnest($1::text[]) as declared (definition)
     where definition not in (select definition from freshet.partition_definitions)`,
    [declared.map(({ definition }) => definition)],
  )
  await client.query(
    `update freshet.declared_assets as recorded set
       first_partitions = coalesce(recorded.first_partitions, declared.first),
       partitions = declared.definition,
       partitions_changed_at = case
         when recorded.partitions is null then recorded.partitions_changed_at else now()
       end
     from unnest($1::text[], $2::text[], $3::text[]) as declared (name, first, definition)
     where recorded.name = declared.name and recorded.partitions is distinct from declared.definition`,
    [
      declared.map(({ asset }) => asset.name),
      declared.map(({ first }) => first),
      declared.map(({ definition }) => definition),
    ],
  )
}

/** The numbers in the ledger of the partitions of one definition: the number of a partition is its index, or the number of its key, plus `offset`. */
export interface NumberBlock extends PartitionRange {
  readonly offset: number
}

const blockSize = 2 ** 22 // 478 years of hours
const lastDefinition = 511

/** The numbers of the first definition, and of names that are not declared. */
export const firstBlock: NumberBlock = { offset: 0, from: -(2 ** 31), to: blockSize / 2 - 1 }

/** Finds the block of numbers of an asset's definition; undefined if no run has recorded it. */
export function findNumberBlock(
  { ids }: RecordedDefinitions,
  definition: string,
  first: string | undefined,
): NumberBlock | undefined {
  if (first === undefined || first === definition) return firstBlock
  const id = ids.get(definition)
  if (id === undefined) return undefined
  if (id > lastDefinition)
    throw new FreshetError("ledger", `The ledger has more than ${lastDefinition} definitions.`)
  const offset = id * blockSize
  return { offset, from: offset - blockSize / 2, to: offset + blockSize / 2 - 1 }
}
