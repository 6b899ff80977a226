import type { PartitionRange } from "../declare/partition.ts"
import { parseFingerprint } from "../evaluate/fingerprint.ts"
import { type Evaluation, findInput } from "../evaluate/states.ts"
import { joinRanges } from "../partitions/range-algebra.ts"
import type { AssetRange } from "../ports.ts"
import type { ProofEffects, RecordedVersions } from "./proof-effects.ts"

/** The versions of an asset's current records, one element a partition; undefined where they were not read. */
export interface VersionColumns {
  /** The first partition. */
  readonly from: number
  readonly inputVersions: (string | undefined)[]
  readonly dataVersions: (string | undefined)[]
}

/** The number of partitions that one query reads. */
const batchLength = 20_000

/** Reads the versions of some partitions of assets. */
export async function readVersionColumns(
  evaluation: Evaluation,
  rangesByAsset: ReadonlyMap<string, readonly PartitionRange[]>,
  { readVersions }: ProofEffects,
): Promise<ReadonlyMap<string, VersionColumns>> {
  const columns = new Map<string, VersionColumns>()
  const ranges: AssetRange[] = []
  for (const [asset, unsorted] of rangesByAsset) {
    const joined = joinRanges(unsorted)
    const [from, to] = [joined[0]?.from ?? 0, joined.at(-1)?.to ?? -1]
    const column = () => Array<string | undefined>(to - from + 1)
    columns.set(asset, { from, inputVersions: column(), dataVersions: column() })
    ranges.push(...joined.map((range) => ({ asset, range })))
  }
  for (const batch of splitIntoBatches(ranges))
    for (const record of await readVersions(batch)) writeVersions(evaluation, columns, record)
  return columns
}

function* splitIntoBatches(ranges: readonly AssetRange[]): Iterable<readonly AssetRange[]> {
  let batch: AssetRange[] = []
  let size = 0
  for (const { asset, range } of ranges)
    for (let from = range.from; from <= range.to;) {
      const to = Math.min(range.to, from + batchLength - size - 1)
      batch.push({ asset, range: { from, to } })
      size += to - from + 1
      from = to + 1
      if (size < batchLength) continue
      yield batch
      batch = []
      size = 0
    }
  if (batch.length > 0) yield batch
}

/** Writes the versions of a record whose fingerprint is that in the evaluation; a newer record overwrites an older one. */
function writeVersions(
  evaluation: Evaluation,
  columns: ReadonlyMap<string, VersionColumns>,
  { asset: name, partition, fingerprint, inputVersion, dataVersion }: RecordedVersions,
): void {
  const [asset, column] = [evaluation.graph.assets.get(name), columns.get(name)]
  if (asset?.kind !== "asset" || column === undefined) return
  const input = findInput(evaluation, asset.computation, partition)
  const { low, high } = parseFingerprint(fingerprint)
  if (input?.low !== low || input.high !== high) return
  column.inputVersions[partition - column.from] = inputVersion
  column.dataVersions[partition - column.from] = dataVersion
}
