import { formatFingerprint } from "../evaluate/fingerprint.ts"
import type { MaterializationRecord } from "../evaluate/ledger-snapshot.ts"
import { type Evaluation, findFreshInput, findInput } from "../evaluate/states.ts"
import type { AssetRange, Ledger } from "../ports.ts"

/** What the ledger keeps of the partitions that a run has to do with, read as it comes to them. */
export interface MaterializationCache {
  /** Reads what is kept of these partitions, unless it was read before. */
  readonly load: (ranges: readonly AssetRange[]) => Promise<void>
  /** What is kept of one partition, the newest last. It must have been loaded. */
  readonly list: (asset: string, partition: number) => readonly MaterializationRecord[]
}

/** Partitions are read this many at a time: a run that goes through a year asks a few times, not once a day. */
const blockLength = 256

/** A book over a ledger, empty at first. */
export function createMaterializationCache(
  ledger: Pick<Ledger, "readMaterializations">,
): MaterializationCache {
  const blocks = new Map<string, Promise<void>>() // "user_recs 79" → read, or being read
  const records = new Map<string, MaterializationRecord[]>()
  const read = async (ranges: readonly AssetRange[]): Promise<void> => {
    for (const record of await ledger.readMaterializations(ranges)) {
      const key = `${record.asset} ${record.partition}`
      const partitionRecords = records.get(key)
      if (partitionRecords === undefined) records.set(key, [record])
      else partitionRecords.push(record)
    }
  }
  return {
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
    list: (asset, partition) => records.get(`${asset} ${partition}`) ?? [],
  }
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

/** The rows of an asset's partition that are right as the run began; undefined when there are none. */
export function findFreshRecord(
  evaluation: Evaluation,
  cache: MaterializationCache,
  asset: string,
  index: number,
): MaterializationRecord | undefined {
  return findRecord(evaluation, cache, { asset, index, findInput: findFreshInput })
}

/** The rows of an asset's partition that counted as the run began, right or not. */
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
