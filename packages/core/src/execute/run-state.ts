import type { AnyAsset, Computation } from "../declare/asset.ts"
import { partitionKey } from "../declare/partition.ts"
import { relationName } from "../declare/read.ts"
import { readsOf } from "../declare/sql.ts"
import { outputsOf } from "../graph/graph.ts"
import { type ReadRange, type VersionOf, readRanges } from "../plan/inputs.ts"
import { type Evaluation, currentVersion } from "../plan/staleness.ts"
import type { MadeOutput, Relation } from "./effects.ts"

/** What the run has made so far, over what was there before: the newest rows of each partition that are known to be right. */
export interface RunState {
  readonly evaluation: Evaluation
  /** "user_recs 20463" → where its rows lie. */
  readonly made: Map<string, Pick<MadeOutput, "dataVersion" | "file" | "bytes">>
  /** The partitions that were checked in this run: whether their error checks passed. */
  readonly fit: Map<string, boolean>
}

/** Nothing made yet. */
export function startState(evaluation: Evaluation): RunState {
  return { evaluation, made: new Map(), fit: new Map() }
}

/** The key of an asset's partition in the state. */
export function stateKey(asset: string, partition: number): string {
  return `${asset} ${partition}`
}

/** The version of a partition, made in this run or right before it. */
export function versionIn(state: RunState): VersionOf {
  const before = currentVersion(state.evaluation)
  return (asset, index) =>
    state.made.get(stateKey(asset.name, index))?.dataVersion ?? before(asset, index)
}

/** The relations of a computation's query and of its outputs' checks, each once. */
export function relationsOf(
  state: RunState,
  computation: Computation,
  partition: number,
): readonly Relation[] {
  const ranges = [
    ...readRanges(state.evaluation, computation, partition),
    ...checkRanges(state, computation, partition),
  ]
  const relations = new Map<string, Relation>()
  for (const range of ranges) {
    const name = relationName(range.read)
    if (!relations.has(name)) relations.set(name, relationOf(state, name, range))
  }
  return [...relations.values()]
}

function checkRanges(
  state: RunState,
  computation: Computation,
  partition: number,
): readonly ReadRange[] {
  const own = new Set(computation.outputs.map((output) => output.asset))
  const queries = outputsOf(state.evaluation.graph, computation).flatMap((output) =>
    output.checks.flatMap(({ rule }) => (rule.kind === "no_rows" ? [rule.query] : [])),
  )
  const reads = readsOf(...queries).filter((read) => read.asset && !own.has(read.asset.name))
  return readRanges(state.evaluation, { ...computation, reads }, partition)
}

function relationOf(state: RunState, name: string, range: ReadRange): Relation {
  const { asset } = range
  if (asset.kind === "source") return landedRelation(state, name, asset, range)
  const files: string[] = []
  for (const index of indexes(range)) {
    const file = fileOf(state, asset, index)
    if (file !== undefined) files.push(file)
  }
  return { kind: "stored", name, columns: asset.columns, files }
}

function landedRelation(
  state: RunState,
  name: string,
  source: Extract<AnyAsset, { kind: "source" }>,
  range: ReadRange,
): Relation {
  const landed = state.evaluation.landing.get(source.name)
  const partitions = [...indexes(range)].flatMap((index) => {
    const files = landed?.get(index)?.files
    return files === undefined ? [] : [{ key: partitionKey(source.partitions, index), files }]
  })
  return { kind: "landed", name, source, partitions }
}

function fileOf(state: RunState, asset: AnyAsset, index: number): string | undefined {
  const made = state.made.get(stateKey(asset.name, index))
  return made?.file ?? state.evaluation.snapshot.materializations.get(asset.name)?.get(index)?.file
}

function* indexes({ range }: ReadRange): Iterable<number> {
  if (range !== undefined) for (let index = range.from; index <= range.to; index += 1) yield index
}
