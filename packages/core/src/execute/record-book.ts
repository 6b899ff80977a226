import { fingerprintText } from "../fingerprint.ts"
import type { Recorded } from "../plan/snapshot.ts"
import { type Evaluation, freshInput, madeFrom } from "../plan/states.ts"
import type { AssetRange, Ledger } from "./effects.ts"

/** What the ledger keeps of the partitions that a run has to do with, read as it comes to them. */
export interface RecordBook {
  /** Reads what is kept of these partitions, unless it was read before. */
  readonly load: (wanted: readonly AssetRange[]) => Promise<void>
  /** What is kept of one partition, the newest last. It must have been loaded. */
  readonly kept: (asset: string, partition: number) => readonly Recorded[]
}

/** Partitions are read this many at a time: a run that goes through a year asks a few times, not once a day. */
const blockLength = 256

/** A book over a ledger, empty at first. */
export function recordBook(ledger: Pick<Ledger, "recorded">): RecordBook {
  const blocks = new Map<string, Promise<void>>() // "user_recs 79" → read, or being read
  const records = new Map<string, Recorded[]>()
  const read = async (ranges: readonly AssetRange[]): Promise<void> => {
    for (const record of await ledger.recorded(ranges)) {
      const key = `${record.asset} ${record.partition}`
      const known = records.get(key)
      if (known === undefined) records.set(key, [record])
      else known.push(record)
    }
  }
  return {
    load: async (wanted) => {
      const needed = [
        ...new Map(wanted.flatMap(blocksOf).map((block) => [block.key, block])).values(),
      ]
      const unread = needed.filter(({ key }) => !blocks.has(key))
      if (unread.length > 0) {
        const reading = read(unread)
        for (const { key } of unread) blocks.set(key, reading)
      }
      await Promise.all(needed.flatMap(({ key }) => blocks.get(key) ?? []))
    },
    kept: (asset, partition) => records.get(`${asset} ${partition}`) ?? [],
  }
}

function blocksOf({ asset, range }: AssetRange): (AssetRange & { readonly key: string })[] {
  const blocks: (AssetRange & { readonly key: string })[] = []
  const last = Math.floor(range.to / blockLength)
  for (let block = Math.floor(range.from / blockLength); block <= last; block += 1) {
    const from = block * blockLength
    blocks.push({ key: `${asset} ${block}`, asset, range: { from, to: from + blockLength - 1 } })
  }
  return blocks
}

/** The rows of an asset's partition that are right as the run began; undefined when there are none. */
export function freshRecord(
  evaluation: Evaluation,
  book: RecordBook,
  asset: string,
  index: number,
): Recorded | undefined {
  return recordFrom(evaluation, book, { asset, index, of: freshInput })
}

/** The rows of an asset's partition that counted as the run began, right or not. */
export function recordBefore(
  evaluation: Evaluation,
  book: RecordBook,
  asset: string,
  index: number,
): Recorded | undefined {
  return recordFrom(evaluation, book, { asset, index, of: madeFrom })
}

function recordFrom(
  evaluation: Evaluation,
  book: RecordBook,
  wanted: { readonly asset: string; readonly index: number; readonly of: typeof madeFrom },
): Recorded | undefined {
  const found = evaluation.graph.assets.get(wanted.asset)
  if (found?.kind !== "asset") return undefined
  const input = wanted.of(evaluation, found.computation, wanted.index)
  if (input === undefined) return undefined
  const text = fingerprintText(input)
  return book.kept(wanted.asset, wanted.index).findLast(({ fingerprint }) => fingerprint === text)
}
