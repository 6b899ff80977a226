import { formatRelationName } from "../declare/read.ts"
import {
  type ReadRange,
  type VersionLookup,
  getLandedVersion,
  listStepRanges,
} from "../evaluate/inputs.ts"
import type { Evaluation } from "../evaluate/states.ts"
import { formatStableRelation } from "../graph/stable-name.ts"
import { listPartitions } from "../partitions/range-algebra.ts"
import { type MaterializeStep, type Step, getComputation } from "../plan/plan.ts"
import type { AssetRange, MaterializedOutput, ReadVersions, Relation } from "../ports.ts"
import { type Blockers, createBlockers } from "./blockers.ts"
import { buildCopiedRelation, buildLandedRelation } from "./landed-relation.ts"
import { type MaterializationCache, findFreshRecord } from "./materialization-cache.ts"
import { formatStateKey } from "./state-key.ts"

/** The results of a run so far, over the state at its start: the fresh rows of each partition. */
export interface RunState {
  readonly evaluation: Evaluation
  /** "user_recs 20463" → its stored rows. */
  readonly materialized: Map<string, Pick<MaterializedOutput, "dataVersion" | "file" | "bytes">>
  /** "user_recs 20463" → true if its error checks passed in this run, false if one failed. */
  readonly checksPassed: Map<string, boolean>
  readonly blockers: Blockers
  readonly cache: MaterializationCache
}

/** Creates the state at the start of a run. */
export function createRunState(evaluation: Evaluation, cache: MaterializationCache): RunState {
  return {
    evaluation,
    materialized: new Map(),
    checksPassed: new Map(),
    blockers: createBlockers(evaluation),
    cache,
  }
}

/** Creates the lookup of versions of landed and fresh partitions, including the run's results. */
export function createVersionLookup(state: RunState): VersionLookup {
  return (asset, index) =>
    asset.kind === "source"
      ? getLandedVersion(state.evaluation.landing, asset, index)
      : findRows(state, asset.name, index)?.dataVersion
}

/** Finds the fresh stored rows of a partition, including the run's results. */
export function findRows(state: RunState, asset: string, index: number) {
  const output = state.materialized.get(formatStateKey(asset, index))
  return output ?? findFreshRecord(state.evaluation, state.cache, asset, index)
}

/** The partitions whose records a step needs: its outputs, and the upstream partitions that it and its checks read. */
export function listNeededRecords(evaluation: Evaluation, step: Step): readonly AssetRange[] {
  const computation = getComputation(step)
  const { partition } = step
  const range = { from: partition, to: partition }
  const readRanges = listStepRanges(evaluation, computation, partition)
  return [
    ...computation.outputs.map(({ asset }) => ({ asset, range })),
    ...readRanges.flatMap(({ asset, range }) =>
      asset.kind === "source" || range === undefined ? [] : [{ asset: asset.name, range }],
    ),
  ]
}

/** The relations of a computation's query and of its outputs' checks, each once. Reads as landed read the copied files of `reads`, if it has any. */
export function buildRelations(
  state: RunState,
  { computation, partition }: Pick<MaterializeStep, "computation" | "partition">,
  reads: readonly ReadVersions[],
): readonly Relation[] {
  const relations = new Map<string, Relation>()
  for (const range of listStepRanges(state.evaluation, computation, partition)) {
    const name = formatRelationName(range.read)
    if (!relations.has(name)) relations.set(name, buildRelation(state, name, range, reads))
  }
  return [...relations.values()]
}

function buildRelation(
  state: RunState,
  name: string,
  range: ReadRange,
  reads: readonly ReadVersions[],
): Relation {
  const { asset } = range
  if (asset.kind === "source") {
    const read =
      reads.find(({ relation }) => relation === formatStableRelation(range)) ?? range.pinned
    return read?.files === undefined
      ? buildLandedRelation(state.evaluation.landing, name, asset, listExisting(range))
      : buildCopiedRelation(name, asset, read)
  }
  const files = listExisting(range).flatMap(
    (index) => findRows(state, asset.name, index)?.file ?? [],
  )
  return { kind: "stored", name, columns: asset.columns, files }
}

function listExisting({ range }: ReadRange): readonly number[] {
  return range === undefined ? [] : [...listPartitions([range])]
}
