import {
  type Asset,
  type AssetRange,
  type Computation,
  type Evaluation,
  type PartitionRange,
  type Published,
  rangesWhere,
  snapshotWithout,
  stateKind,
} from "@freshet/core"
import { findForgettable, findReaders, forgetAllOf } from "@freshet/io"

import type { Config } from "../config.ts"
import { readProject } from "./open-project.ts"
import { commonRanges } from "./partition-ranges.ts"
import type { Project } from "./project.ts"
import { type ChangeRequest, type LentLedger, whileNothingRuns } from "./while-nothing-runs.ts"

/** What is to be forgotten, and how. */
export interface ForgetRequest extends ChangeRequest {
  readonly choose: (project: Project) => { readonly asset: Asset; readonly range: PartitionRange }
  /** Is told when nothing is kept of what was chosen; may throw that it makes no sense. */
  readonly onNothing: (project: Project) => void
}

/** What was forgotten, or would be, and what comes of it. */
export interface Forgetting {
  readonly project: Project
  /** The asset asked for, and what is made together with it. */
  readonly assets: readonly string[]
  /** The partitions of which something was kept. */
  readonly partitions: readonly PartitionRange[]
  readonly materializations: number
  readonly files: number
  readonly bytes: number
  /** Computation → the partitions that were up to date and are not any more. */
  readonly stale: ReadonlyMap<string, readonly PartitionRange[]>
  /** Asset → the partitions of which something is kept that was made from what is forgotten. */
  readonly readers: ReadonlyMap<string, readonly PartitionRange[]>
  /** What the sets show in which these assets are published. */
  readonly published: readonly Published[]
}

/** Forgets all that is kept of some partitions, in one transaction; their files stay in the lake for the next collection of garbage. */
export async function forgetPartitions(
  config: Config,
  keeperCommand: readonly string[],
  request: ForgetRequest,
): Promise<Forgetting> {
  return whileNothingRuns(config, keeperCommand, request, (ledger) =>
    forget(config, ledger, request),
  )
}

async function forget(
  config: Config,
  { graph, client, signal }: LentLedger,
  { choose, onNothing, dryRun }: ForgetRequest,
): Promise<Forgetting> {
  const project = await readProject(config, graph, client)
  const { asset, range } = choose(project)
  const assets = asset.computation.outputs.map((output) => output.asset)
  const wanted = assets.map((name): AssetRange => ({ asset: name, range }))
  const found = await findForgettable(client, graph, wanted)
  if (found.materializations === 0) onNothing(project)
  const readers = await findReaders(client, graph, wanted)
  signal.throwIfAborted()
  if (!dryRun && found.materializations > 0) await forgetAllOf(client, graph, wanted)
  return {
    project,
    assets: [asset.name, ...assets.filter((name) => name !== asset.name)],
    ...found,
    stale: staleBy(project, asset.computation, found.partitions),
    readers,
    published: publishedOf(project.evaluation, assets),
  }
}

/** What is up to date now and not without these partitions. */
function staleBy(
  { evaluation, judge }: Project,
  computation: Computation,
  partitions: readonly PartitionRange[],
): Forgetting["stale"] {
  const removal = { computation: computation.name, ranges: partitions, includes: () => true }
  const after = judge(snapshotWithout(evaluation.snapshot, [removal]))
  const stale = new Map<string, readonly PartitionRange[]>()
  for (const each of evaluation.graph.computations) {
    const ranges = commonRanges(inState(evaluation, each, true), inState(after, each, false))
    if (each.name !== computation.name && ranges.length > 0) stale.set(each.name, ranges)
  }
  return stale
}

function inState(evaluation: Evaluation, computation: Computation, isFresh: boolean) {
  return rangesWhere(evaluation, computation, (bits) => (stateKind(bits) === "fresh") === isFresh)
}

function publishedOf(
  { graph, snapshot }: Evaluation,
  names: readonly string[],
): readonly Published[] {
  const sets = names.flatMap((name) => {
    const asset = graph.assets.get(name)
    return asset?.kind === "asset" ? (asset.publish?.set ?? []) : []
  })
  return [...new Set(sets)].flatMap((set) => snapshot.publications.get(set) ?? [])
}
