import type { Computation, SourceAsset } from "../declare/declaration.ts"
import type { Partitions } from "../declare/partition.ts"
import type { Hash } from "../evaluate/declared-versions.ts"
import { getPartitions } from "../evaluate/inputs.ts"
import type { LandedPartition } from "../evaluate/landing.ts"
import { numberGraph } from "../evaluate/numbered-graph.ts"
import type { Evaluation, ComputationStates } from "../evaluate/states.ts"
import type { PartitionSpan } from "../evaluate/windows.ts"
import { type Graph, getOutputs } from "../graph/graph.ts"
import {
  type Bitset,
  createBitset,
  subtractBits,
  setBits,
  clearBits,
} from "../partitions/bitset.ts"
import type { PublishedVersions } from "./published-versions.ts"

/**
 * The partitions whose input versions equal those of their newest materializations, and the inputs of that comparison.
 * A partition is still proven while neither its rows nor its reads have changed since.
 */
export interface FreshnessProof {
  readonly sources: ReadonlyMap<string, SourceProof>
  readonly computations: ReadonlyMap<string, ComputationProof>
  readonly publishedVersions: PublishedVersions
}

/** The files of a source. */
export interface SourceProof extends PartitionSpan {
  /** Identifies the partitions behind the numbers. */
  readonly definition: string
  /** The version of each partition; empty without a landed file. */
  readonly landed: readonly string[]
}

/** The partitions of a computation. */
export interface ComputationProof extends PartitionSpan {
  /** Identifies the partitions behind the numbers, and the names of the records. */
  readonly definition: string
  /** The partitions that are fresh by their newest materialization; bit 0 is the first partition. */
  readonly fresh: Bitset
}

/** Builds the proof of a verified evaluation. */
export function buildProof(
  evaluation: Evaluation,
  publishedVersions: PublishedVersions,
  hash: Hash,
): FreshnessProof {
  const { sources, computations } = numberGraph(evaluation.graph)
  return {
    publishedVersions,
    sources: new Map(
      sources.map(({ source }) => [source.name, proveSource(evaluation, source, hash)]),
    ),
    computations: new Map(
      computations.map(({ computation, number }) => {
        const definition = defineComputation(evaluation.graph, computation, hash)
        const states = evaluation.states[number]
        const proof = states === undefined ? emptyProof : proveStates(evaluation, states)
        return [computation.name, { ...proof, definition }]
      }),
    ),
  }
}

const emptyProof = { from: 0, length: 0, fresh: createBitset(0) }

function proveStates({ stale }: Evaluation, { from, length, start, reverted }: ComputationStates) {
  const fresh = createBitset(length)
  setBits(fresh, 0, length)
  subtractBits({ bits: fresh, start: 0, length }, stale.subarray(start >> 5))
  for (const partition of reverted.keys()) clearBits(fresh, partition - from, partition - from + 1)
  return { from, length, fresh }
}

/** Lists the landed versions of a source. */
export function proveSource(
  { bounds, landing }: Pick<Evaluation, "bounds" | "landing">,
  { name, partitions }: SourceAsset,
  hash: Hash,
): SourceProof {
  const { from, to } = bounds.get(name) ?? { from: 0, to: -1 }
  const span = { from, length: to - from + 1 }
  const landed = listLandedVersions(landing.get(name) ?? noLanding, span)
  return { ...span, definition: definePartitions(partitions, hash), landed }
}

type Landed = ReadonlyMap<number, LandedPartition>

const noLanding: Landed = new Map()

interface CachedVersions {
  readonly from: number
  readonly versions: readonly string[]
}

const versionCache = new WeakMap<Landed, CachedVersions>()

/** Lists the versions of a source's partitions; the list is cached, because many readers compare it. */
function listLandedVersions(landed: Landed, { from, length }: PartitionSpan): readonly string[] {
  const cached = versionCache.get(landed)
  if (cached?.from === from && cached.versions.length === length) return cached.versions
  const versions = Array.from({ length }, (_, at) => landed.get(from + at)?.version ?? "")
  versionCache.set(landed, { from, versions })
  return versions
}

/** Formats the parts of a computation's declaration, apart from its code, that identify its records; empty for a timed asset with one name. */
export function defineComputation(graph: Graph, computation: Computation, hash: Hash): string {
  const [first, ...otherOutputs] = getOutputs(graph, computation)
  const isAlone = otherOutputs.length === 0 && first?.name === computation.name
  if (isAlone && first.previousNames.length === 0 && first.partitions.kind !== "static") return ""
  const outputs = getOutputs(graph, computation).map(({ name, previousNames }) => [
    name,
    ...previousNames.filter((name) => !graph.assets.has(name)),
  ])
  const partitions = definePartitions(getPartitions(graph, computation), hash)
  return JSON.stringify([outputs, partitions])
}

function definePartitions(partitions: Partitions, hash: Hash): string {
  if (partitions.kind === "none") return partitions.kind
  if (partitions.kind === "static") return hash(JSON.stringify(partitions.keys))
  return `${partitions.kind} ${partitions.zone}`
}
