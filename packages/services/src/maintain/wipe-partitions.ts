import type { Asset } from "@freshet/core"
import {
  type AssetRange,
  type Computation,
  type Evaluation,
  intersectRangeLists,
  listRangesWhere,
  type PartitionRange,
  type Publication,
  removeMaterializations,
  toStateKind,
} from "@freshet/core/engine"

import type { Project } from "../project.ts"
import type { Services } from "../services.ts"

/** Decides which partitions are wiped. */
export interface WipeRequest {
  /** Reports the consequences and wipes nothing; needs no run lock. */
  readonly dryRun: boolean
  /** False: a run in progress is an error. */
  readonly wait: boolean
  readonly choosePartitions: (project: Project) => {
    readonly asset: Asset
    readonly range: PartitionRange
  }
  /** Is told when nothing is kept of what was chosen; may throw that it makes no sense. */
  readonly onNothing: (project: Project) => void
}

/** What was forgotten, or would be, and what comes of it. */
export interface WipeReport {
  readonly project: Project
  /** The asset asked for, and what is made together with it. */
  readonly assets: readonly string[]
  /** The partitions of which something was kept. */
  readonly partitions: readonly PartitionRange[]
  readonly materializations: number
  readonly files: number
  readonly bytes: number
  /** Computation → the partitions that were up to date and are not any more. */
  readonly becomesStale: ReadonlyMap<string, readonly PartitionRange[]>
  /** Asset → the partitions of which something is kept that was made from what is forgotten. */
  readonly readers: ReadonlyMap<string, readonly PartitionRange[]>
  /** What the sets show in which these assets are published. */
  readonly published: readonly Publication[]
}

/** Forgets all that is kept of some partitions, in one transaction; their files stay in the lake for the next collection of garbage. */
export async function wipeAssetPartitions(
  services: Services,
  request: WipeRequest,
): Promise<WipeReport> {
  const { dryRun, wait } = request
  const options = dryRun ? {} : { lock: { wait, cancellable: false } }
  return services.withProject(options, (project) => wipe(project, request))
}

async function wipe(
  project: Project,
  { choosePartitions, onNothing, dryRun }: WipeRequest,
): Promise<WipeReport> {
  const { ledger, signal } = project
  const { asset, range } = choosePartitions(project)
  const assets = asset.computation.outputs.map((output) => output.asset)
  const assetRanges = assets.map((name): AssetRange => ({ asset: name, range }))
  const wipeable = await ledger.findWipeable(assetRanges)
  if (wipeable.materializations === 0) onNothing(project)
  const readers = await ledger.findReaders(assetRanges)
  signal.throwIfAborted()
  if (!dryRun && wipeable.materializations > 0) await ledger.wipePartitions(assetRanges)
  return {
    project,
    assets: [asset.name, ...assets.filter((name) => name !== asset.name)],
    ...wipeable,
    becomesStale: findBecomingStale(project, asset.computation, wipeable.partitions),
    readers,
    published: listPublished(project.evaluation, assets),
  }
}

/** What is up to date now and not without these partitions. */
function findBecomingStale(
  { evaluation, evaluate }: Project,
  computation: Computation,
  partitions: readonly PartitionRange[],
): WipeReport["becomesStale"] {
  const removal = { computation: computation.name, ranges: partitions, includes: () => true }
  const changedEvaluation = evaluate(removeMaterializations(evaluation.snapshot, [removal]))
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
): readonly Publication[] {
  const sets = names.flatMap((name) => {
    const asset = graph.assets.get(name)
    return asset?.kind === "asset" ? (asset.publish?.set ?? []) : []
  })
  return [...new Set(sets)].flatMap((set) => snapshot.publications.get(set) ?? [])
}
