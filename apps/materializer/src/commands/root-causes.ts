import {
  type AnyAsset,
  type Asset,
  type Cause,
  type Computation,
  type Evaluation,
  type PartitionRange,
  type Plan,
  type Status,
  assetNamed,
  assetStatus,
  facts,
  factsAt,
  joinedRanges,
  partitionKey,
  partitionsIn,
  rangesOf,
  reasonGroups,
  statusAt,
} from "@freshet/core"

import type { Planned } from "../project/project.ts"
import { type PathStop, type Chain, pathTo } from "./cause-path.ts"
import { withChangedInputs } from "./changed-inputs.ts"
import { namingFlags } from "./command-text.ts"

/** Why a partition is not up to date, followed back to where it begins. */
export interface Explanation {
  readonly asset: string
  readonly partition: number
  readonly status: Status
  /** What began it, nearest to the sources first; each with all the partitions that share it. */
  readonly roots: readonly RootCause[]
  /** From the first root to the partition asked about. */
  readonly path: readonly PathStop[]
}

export interface RootCause {
  readonly asset: string
  readonly partitions: readonly PartitionRange[]
  readonly status: Status
  /** Why the asset's rows are not what they should be, with the inputs that changed by name. */
  readonly causes: readonly Cause[]
}

/** Partitions of one computation in which something begins, with their status. */
interface RootGroup {
  readonly computation: Computation
  readonly ranges: readonly PartitionRange[]
  readonly status: Exclude<Status, { kind: "fresh" }>
}

/** Follows causes upstream from one partition to where they begin; the plan is the one that makes just this partition. */
export async function explainPartition(
  { project, plan }: Planned,
  asset: Asset,
  partition: number,
): Promise<Explanation> {
  const { evaluation } = project
  const status = assetStatus(evaluation, asset, partition)
  const about = { asset: asset.name, partition, status }
  if (status.kind === "fresh") return { ...about, roots: [], path: [] }
  const chain = chainOf(plan)
  const found = evaluation.graph.computations.flatMap((each) =>
    rootGroups(evaluation, plan, each, chain.get(each.name) ?? []),
  )
  const groups = await withChangedInputs(project, found)
  const roots = groups.flatMap((group) => rootCauses(evaluation, group, chain, asset.name))
  const [first] = groups
  const begin = first?.ranges[0]?.from
  const path =
    first === undefined || begin === undefined
      ? []
      : pathTo(evaluation, chain, about, { computation: first.computation, index: begin })
  return { ...about, roots, path }
}

/** Everything that has to be made, or waits, before the partition can be right. */
function chainOf({ work, waiting }: Plan): Chain {
  const chain = new Map<string, readonly PartitionRange[]>()
  for (const { computation, ranges } of [...work, ...waiting])
    chain.set(computation.name, joinedRanges([...(chain.get(computation.name) ?? []), ...ranges]))
  return chain
}

/** Of so many waiting partitions of a computation it is found out what they wait for. */
const mostLookedInto = 1000

/** The partitions for which nothing upstream is to blame: what changed is read by them, or they are there for the first time. */
function rootGroups(
  evaluation: Evaluation,
  plan: Plan,
  computation: Computation,
  ranges: readonly PartitionRange[],
): readonly RootGroup[] {
  const own: number[] = []
  const waiting = new Map<string, { readonly status: RootGroup["status"]; readonly at: number[] }>()
  let looked = 0
  for (const index of partitionsIn(ranges)) {
    const bits = factsAt(evaluation, computation, index)
    if ((bits & (facts.unknown | facts.waits)) === 0) own.push(index)
    if ((bits & facts.waits) === 0 || looked >= mostLookedInto) continue
    looked += 1
    const status = statusAt(evaluation, computation, index)
    if (status.kind === "fresh" || status.causes.some(({ kind }) => kind === "upstream")) continue
    const key = `${status.kind} ${status.waitsFor ?? ""}`
    const known = waiting.get(key)
    if (known === undefined) waiting.set(key, { status, at: [index] })
    else known.at.push(index)
  }
  const work = own.length === 0 ? [] : [{ computation, ranges: rangesOf(own) }]
  return [
    ...reasonGroups(evaluation, { ...plan, work }),
    ...[...waiting.values()].map(({ status, at }) => ({
      computation,
      ranges: rangesOf(at),
      status,
    })),
  ]
}

/** One cause for each output through which it reaches the partition asked about. */
function rootCauses(
  { graph }: Evaluation,
  { computation, ranges, status }: RootGroup,
  chain: Chain,
  asked: string,
): readonly RootCause[] {
  const isOnTheWay = (name: string): boolean =>
    name === asked ||
    (graph.downstream.get(name) ?? []).some((reader) => {
      const { computation: by } = assetNamed(graph, reader)
      return by.name !== computation.name && chain.has(by.name)
    })
  const { causes } = status
  return computation.outputs
    .filter(({ asset }) => isOnTheWay(asset))
    .map(({ asset }) => ({ asset, partitions: ranges, status, causes }))
}

/** The command that makes a partition right: its newest one by name, another by its key. */
export function mendingCommand(
  { extents }: Evaluation,
  { name, partitions }: AnyAsset,
  partition: number,
): string {
  const isNewest = partitions.kind !== "static" && extents.get(name)?.to === partition
  return partitions.kind === "none" || isNewest
    ? `freshet materialize ${name}`
    : `freshet backfill ${name} ${namingFlags(partitions, partitionKey(partitions, partition))}`
}
