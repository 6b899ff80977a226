import { formatFingerprint } from "../evaluate/fingerprint.ts"
import type { MaterializationRecord } from "../evaluate/ledger-snapshot.ts"
import { type Evaluation, findFreshInput, findInput } from "../evaluate/states.ts"
import { groupBy } from "../group-by.ts"
import type { AssetRange, Ledger } from "../ports.ts"

/** A cache of the retained materializations in the ledger, read when a run needs them. */
export interface MaterializationCache {
  /** Tests if the materializations of these partitions are in the cache, or are being read. */
  readonly has: (ranges: readonly AssetRange[]) => boolean
  /** Reads the materializations of these partitions, unless they are in the cache. */
  readonly load: (ranges: readonly AssetRange[]) => Promise<void>
  /** Reads the materializations of a partition of some assets again, unless the newest one, of this id, is in the cache. */
  readonly loadNewest: (assets: readonly string[], partition: number, id: number) => Promise<void>
  /** Reads the materializations of a partition of some assets again. */
  readonly reload: (assets: readonly string[], partition: number) => Promise<void>
  /** The retained materializations of one partition, the newest last. The partition must be loaded. */
  readonly list: (asset: string, partition: number) => readonly MaterializationRecord[]
}

/** The number of partitions that one query reads: a run over a year of days sends a few queries. */
const blockLength = 256

/** Creates an empty cache of a ledger. */
export function createMaterializationCache(
  ledger: Pick<Ledger, "readMaterializations">,
): MaterializationCache {
  const blocks = new Map<string, Promise<void>>() // "user_recs 79" → the pending or completed query
  const records = new Map<string, readonly MaterializationRecord[]>()
  const read = async (ranges: readonly AssetRange[]): Promise<void> => {
    const readRecords = await ledger.readMaterializations(ranges)
    for (const [key, partitionRecords] of groupBy(readRecords, formatKey))
      records.set(key, partitionRecords)
  }
  const reload = (assets: readonly string[], partition: number) =>
    read(assets.map((asset) => ({ asset, range: { from: partition, to: partition } })))
  return {
    has: (ranges) => ranges.flatMap(listBlocks).every(({ key }) => blocks.has(key)),
    load: async (ranges) => {
      const needed = [
        ...new Map(ranges.flatMap(listBlocks).map((block) => [block.key, block])).values(),
      ]
      const unread = needed.filter(({ key }) => !blocks.has(key))
      if (unread.length > 0) {
        const reading = read(unread)
        for (const { key } of unread) blocks.set(key, reading)
      }
      await Promise.all(needed.flatMap(({ key }) => blocks.get(key) ?? []))
    },
    loadNewest: async (assets, partition, id) => {
      const cached = assets.flatMap((asset) => records.get(`${asset} ${partition}`) ?? [])
      if (id === 0 || cached.some((record) => record.id >= id)) return
      await reload(assets, partition)
    },
    reload,
    list: (asset, partition) => records.get(`${asset} ${partition}`) ?? [],
  }
}

function formatKey({ asset, partition }: MaterializationRecord): string {
  return `${asset} ${partition}`
}

function listBlocks({ asset, range }: AssetRange): (AssetRange & { readonly key: string })[] {
  const blocks: (AssetRange & { readonly key: string })[] = []
  const last = Math.floor(range.to / blockLength)
  for (let block = Math.floor(range.from / blockLength); block <= last; block += 1) {
    const from = block * blockLength
    blocks.push({ key: `${asset} ${block}`, asset, range: { from, to: from + blockLength - 1 } })
  }
  return blocks
}

/** Finds the record of a partition that was fresh at the start of the run. */
export function findFreshRecord(
  evaluation: Evaluation,
  cache: MaterializationCache,
  asset: string,
  index: number,
): MaterializationRecord | undefined {
  return findRecord(evaluation, cache, { asset, index, findInput: findFreshInput })
}

/** Finds the current record of a partition at the start of the run, fresh or stale. */
export function findCurrentRecord(
  evaluation: Evaluation,
  cache: MaterializationCache,
  asset: string,
  index: number,
): MaterializationRecord | undefined {
  return findRecord(evaluation, cache, { asset, index, findInput })
}

function findRecord(
  evaluation: Evaluation,
  cache: MaterializationCache,
  query: { readonly asset: string; readonly index: number; readonly findInput: typeof findInput },
): MaterializationRecord | undefined {
  const asset = evaluation.graph.assets.get(query.asset)
  if (asset?.kind !== "asset") return undefined
  const input = query.findInput(evaluation, asset.computation, query.index)
  if (input === undefined) return undefined
  const text = formatFingerprint(input)
  return cache.list(query.asset, query.index).findLast(({ fingerprint }) => fingerprint === text)
}
