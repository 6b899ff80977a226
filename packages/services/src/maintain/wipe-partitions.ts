import type { Asset } from "@freshet/core"
import {
  type AssetRange,
  type Computation,
  countPartitions,
  type Evaluation,
  findSetPublication,
  groupPublicationSets,
  intersectRangeLists,
  listRangesWhere,
  type PartitionRange,
  type SetPublication,
  toStateKind,
} from "@freshet/core/engine"

import type { AssetPartitions } from "../asset-partitions.ts"
import type { WipeDocument } from "../documents/wipe.ts"
import { createComputationConverter, createPartitionsConverter } from "../partition-keys.ts"
import { formatCommand } from "../plan/command-text.ts"
import {
  type PartitionArguments,
  resolveRange,
  resolveTargets,
} from "../plan/partition-arguments.ts"
import { selectAsset } from "../plan/select-assets.ts"
import { sourceProblem, usageError } from "../plan/target-problems.ts"
import type { Project } from "../project.ts"
import { excludeRemovals } from "../recorded-inputs.ts"
import type { Services } from "../services.ts"

/** Names the partitions whose records are removed. */
export interface WipeRequest {
  readonly asset: string
  readonly partitions: PartitionArguments | "all"
  /** Reports the consequences and wipes nothing; needs no run lock. */
  readonly dryRun: boolean
  /** False: a run in progress is an error. */
  readonly wait: boolean
}

/** Removes every record of some partitions in one transaction. Their files stay in the lake until garbage is collected. */
export async function wipe(services: Services, request: WipeRequest): Promise<WipeDocument> {
  const { dryRun, wait } = request
  const options = dryRun ? {} : { lock: { mode: "exclusive", wait, cancellable: false } as const }
  return services.withProject(options, (project) => wipePartitions(project, request))
}

async function wipePartitions(
  project: Project,
  { partitions, dryRun, ...request }: WipeRequest,
): Promise<WipeDocument> {
  const { ledger, signal, evaluation } = project
  if (await isOrphaned(project, request.asset))
    return wipeOrphaned(project, { ...request, partitions, dryRun })
  const asset = selectAsset(project, request.asset)
  if (asset.kind === "source") throw usageError(sourceProblem([asset]))
  const range =
    partitions === "all" ? { from: -Infinity, to: Infinity } : resolveRange(asset, partitions)
  const outputs = asset.computation.outputs.map((output) => output.asset)
  const assetRanges = outputs.map((name): AssetRange => ({ asset: name, range }))
  const wipeable = await ledger.findWipeable(assetRanges)
  const isEmpty = wipeable.materializations === 0
  if (isEmpty && partitions !== "all") resolveTargets(project, [asset.name], partitions) // fails for partitions that do not exist
  const readers = await ledger.findReaders(assetRanges)
  signal.throwIfAborted()
  if (!dryRun && !isEmpty) await ledger.wipePartitions(assetRanges)
  const { partitions: ranges, ...counts } = wipeable
  return {
    dry_run: dryRun,
    assets: [asset.name, ...outputs.filter((name) => name !== asset.name)],
    ...createPartitionsConverter(project)(asset.name, ranges),
    ...counts,
    ...(await describeConsequences(project, asset, { ranges, readers })),
    published: listPublished(evaluation, outputs).map(({ set, partitionKey }) => ({
      set,
      partition: partitionKey,
    })),
    command:
      partitions === "all" || isEmpty
        ? null
        : formatCommand("freshet backfill", [asset.name], partitions),
  }
}

/** Tests if an asset has records and is no longer declared. */
async function isOrphaned({ graph, ledger }: Project, name: string): Promise<boolean> {
  if (graph.assets.has(name)) return false
  const { assets } = await ledger.readOrphans()
  return assets.some(({ asset }) => asset === name)
}

/** Removes every record of an asset that is no longer declared, so that its partitions have no keys. */
async function wipeOrphaned(
  { ledger, signal }: Project,
  { asset, partitions, dryRun }: Pick<WipeRequest, "asset" | "partitions" | "dryRun">,
): Promise<WipeDocument> {
  if (partitions !== "all")
    throw usageError({
      kind: "usage",
      message: `\`${asset}\` is not declared, so its partitions cannot be named.`,
      hint: `\`freshet wipe ${asset} --all\` wipes all of them.`,
    })
  const assetRanges = [{ asset, range: { from: -Infinity, to: Infinity } }]
  const { partitions: ranges, ...counts } = await ledger.findWipeable(assetRanges)
  signal.throwIfAborted()
  if (!dryRun) await ledger.wipePartitions(assetRanges)
  return {
    dry_run: dryRun,
    assets: [asset],
    partitions: [],
    partitions_text: "",
    count: countPartitions(ranges),
    ...counts,
    becomes_stale: [],
    readers: [],
    published: [],
    command: null,
  }
}

async function describeConsequences(
  project: Project,
  { computation }: Asset,
  {
    ranges,
    readers,
  }: { readonly ranges: readonly PartitionRange[]; readonly readers: AssetPartitions },
): Promise<Pick<WipeDocument, "becomes_stale" | "readers">> {
  const toComputationPartitions = createComputationConverter(project)
  const toPartitions = createPartitionsConverter(project)
  const becomesStale = await findBecomingStale(project, computation, ranges)
  return {
    becomes_stale: [...becomesStale].map(([name, stale]) => toComputationPartitions(name, stale)),
    readers: [...readers].map(([asset, read]) => ({ asset, ...toPartitions(asset, read) })),
  }
}

/** Finds the partitions downstream that are fresh now and stale without these partitions. */
async function findBecomingStale(
  project: Project,
  computation: Computation,
  partitions: readonly PartitionRange[],
): Promise<AssetPartitions> {
  const { evaluation } = project
  const removal = { computation: computation.name, ranges: partitions, includes: () => true }
  const wipedProject = {
    ...project,
    evaluation: { ...evaluation, ...excludeRemovals(evaluation, [removal]) },
  }
  const { evaluation: changedEvaluation } = await project.evaluateWithout(wipedProject, [removal])
  const stale = new Map<string, readonly PartitionRange[]>()
  for (const downstream of evaluation.graph.computations) {
    const ranges = intersectRangeLists(
      listRangesInState(evaluation, downstream, true),
      listRangesInState(changedEvaluation, downstream, false),
    )
    if (downstream.name !== computation.name && ranges.length > 0)
      stale.set(downstream.name, ranges)
  }
  return stale
}

function listRangesInState(evaluation: Evaluation, computation: Computation, isFresh: boolean) {
  return listRangesWhere(
    evaluation,
    computation,
    (bits) => (toStateKind(bits) === "fresh") === isFresh,
  )
}

function listPublished(
  { graph, snapshot }: Evaluation,
  names: readonly string[],
): readonly SetPublication[] {
  const sets = names.flatMap((name) => {
    const asset = graph.assets.get(name)
    return asset?.kind === "asset" ? (asset.publish?.set ?? []) : []
  })
  const assetsBySet = groupPublicationSets(graph)
  return [...new Set(sets)].flatMap(
    (set) => findSetPublication({ snapshot }, set, assetsBySet.get(set) ?? []) ?? [],
  )
}
