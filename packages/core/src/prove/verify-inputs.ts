import type { Computation } from "../declare/declaration.ts"
import type { PartitionRange } from "../declare/partition.ts"
import { type Hash, type ReadText, hashInputs } from "../evaluate/declared-versions.ts"
import { listReadings } from "../evaluate/inputs.ts"
import {
  type ComputationRanges,
  type PartitionSet,
  listComputationRanges,
} from "../evaluate/partition-set.ts"
import { type Evaluation, findCodeVersion } from "../evaluate/states.ts"
import { type WindowFinder, createWindowFinder } from "../evaluate/windows.ts"
import type { Reading } from "../graph/graph.ts"
import { isWithin } from "../graph/mapping.ts"
import { countPartitions } from "../partitions/range-algebra.ts"
import type { ProofEffects } from "./proof-effects.ts"
import { type VersionColumns, readVersionColumns } from "./version-columns.ts"
import {
  type WindowVersions,
  findWindowVersions,
  listOlderTextsAt,
  listTextsAt,
} from "./window-versions.ts"

/** Computation → partitions that are not fresh although their fingerprints match a materialization. */
export type Collisions = Map<string, Set<number>>

/** Computes the input versions of unproven partitions, upstream first, and adds the collisions. Returns the number of computed versions. */
export async function verifyInputs(
  evaluation: Evaluation,
  unproven: PartitionSet,
  collisions: Collisions,
  effects: ProofEffects,
): Promise<number> {
  const finder = createWindowFinder(evaluation)
  const columns = new Map<string, VersionColumns>()
  const verification = { evaluation, finder, columns, collisions, hash: effects.hash }
  const candidates = listComputationRanges(evaluation, unproven)
  const needs = findNeeds(verification, candidates)
  for (const { assets, computations } of splitIntoBatches(evaluation, candidates, needs)) {
    for (const [asset, column] of await readVersionColumns(evaluation, assets, effects))
      columns.set(asset, column)
    for (const candidate of computations) verifyComputation(verification, candidate)
    const verified = new Set(computations.map(({ computation }) => computation))
    for (const [name, { lastReader }] of needs) if (verified.has(lastReader)) columns.delete(name)
  }
  return candidates.reduce((sum, { ranges }) => sum + countPartitions(ranges), 0)
}

interface Verification {
  readonly evaluation: Evaluation
  readonly finder: WindowFinder
  /** The versions of the assets that the remaining computations read. */
  readonly columns: Map<string, VersionColumns>
  readonly collisions: Collisions
  readonly hash: Hash
}

/** Partitions of an asset whose versions are needed, and the last computation that reads them. */
interface NeededVersions {
  readonly ranges: PartitionRange[]
  lastReader: Computation
}

function findNeeds(
  { evaluation, finder }: Verification,
  candidates: readonly ComputationRanges[],
): ReadonlyMap<string, NeededVersions> {
  const needs = new Map<string, NeededVersions>()
  const add = (asset: string, range: PartitionRange, reader: Computation): void => {
    const need = needs.get(asset) ?? { ranges: [], lastReader: reader }
    needs.set(asset, need)
    need.ranges.push(range)
    need.lastReader = reader
  }
  for (const { computation, ranges } of candidates)
    for (const range of ranges) {
      for (const { asset } of computation.outputs) add(asset, range, computation)
      for (const reading of listReadings(evaluation.graph, computation)) {
        const window = findJointWindow(evaluation, finder, reading, range)
        if (reading.asset.kind === "asset" && window !== undefined)
          add(reading.asset.name, window, computation)
      }
    }
  return needs
}

/** Finds the range of all partitions that consecutive readers read. */
function findJointWindow(
  { bounds }: Evaluation,
  finder: WindowFinder,
  reading: Reading,
  reader: PartitionRange,
): PartitionRange | undefined {
  const windows = finder.findListedWindows(reading, reader)
  const first = bounds.get(reading.asset.name)?.from ?? 0
  let [from, to] = [Infinity, -Infinity]
  for (let at = 0; at <= reader.to - reader.from; at += 1) {
    const [begin, end] = [windows?.begin[at] ?? 0, windows?.end[at] ?? 0]
    if (begin === end) continue
    from = Math.min(from, begin)
    to = Math.max(to, end - 1)
  }
  return from > to ? undefined : { from: first + from, to: first + to }
}

/** Assets that one query reads, and the computations that can be verified after it. */
interface Batch {
  readonly assets: Map<string, readonly PartitionRange[]>
  readonly computations: ComputationRanges[]
}

/** The number of partitions after which a batch is complete. */
const batchLength = 20_000

function* splitIntoBatches(
  { graph }: Evaluation,
  candidates: readonly ComputationRanges[],
  needs: ReadonlyMap<string, NeededVersions>,
): Iterable<Batch> {
  const byComputation = new Map(candidates.map((candidate) => [candidate.computation, candidate]))
  let batch: Batch = { assets: new Map(), computations: [] }
  let size = 0
  for (const computation of graph.computations) {
    for (const { asset } of computation.outputs) {
      const need = needs.get(asset)
      if (need === undefined) continue
      batch.assets.set(asset, need.ranges)
      size += countPartitions(need.ranges)
    }
    const candidate = byComputation.get(computation)
    if (candidate !== undefined) batch.computations.push(candidate)
    if (size < batchLength) continue
    yield batch
    batch = { assets: new Map(), computations: [] }
    size = 0
  }
  if (batch.assets.size > 0) yield batch
}

function verifyComputation(
  { evaluation, finder, columns, collisions, hash }: Verification,
  { computation, ranges }: ComputationRanges,
): void {
  const code = findCodeVersion(evaluation, computation) ?? ""
  const readings = listReadings(evaluation.graph, computation)
  const removed = evaluation.removedInputs?.get(computation.name)
  const pinned = evaluation.pinnedInputs?.get(computation.name)
  const outputColumns = computation.outputs.map(({ asset }) => columns.get(asset))
  for (const range of ranges) {
    const reads = readings.map((reading) =>
      findWindowVersions({ evaluation, finder, columns, removed, pinned }, reading, range),
    )
    for (let partition = range.from; partition <= range.to; partition += 1) {
      const at = partition - range.from
      const isRecorded = (texts: readonly ReadText[] | undefined): boolean => {
        if (texts === undefined) return false
        const version = hashInputs(code, texts, hash)
        return outputColumns.every(
          (column) => column?.inputVersions[partition - column.from] === version,
        )
      }
      if (isRecorded(listTextsAt(reads, at)) || isRecorded(listOlderTextsAt(reads, at))) continue
      if (reads.some((read) => containsCollision(read, at, collisions))) continue // the next evaluation finds it stale
      const partitions = collisions.get(computation.name) ?? new Set()
      collisions.set(computation.name, partitions.add(partition))
    }
  }
}

/** Tests if a window contains a collision. */
function containsCollision(
  { asset, first, windows }: WindowVersions,
  at: number,
  collisions: Collisions,
) {
  const partitions = asset.kind === "asset" && collisions.get(asset.computation.name)
  if (!partitions) return false
  const window = { from: first + (windows.begin[at] ?? 0), to: first + (windows.end[at] ?? 0) - 1 }
  return [...partitions].some((partition) => isWithin(window, partition))
}
