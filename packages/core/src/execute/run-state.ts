import type { AnyAsset, Computation } from "../declare/asset.ts"
import { partitionKey } from "../declare/partition.ts"
import { relationName } from "../declare/read.ts"
import { readsOf } from "../declare/sql.ts"
import { outputsOf } from "../graph/graph.ts"
import { type ReadRange, type VersionOf, landedVersion, readRanges } from "../plan/inputs.ts"
import type { Step } from "../plan/plan.ts"
import type { Evaluation } from "../plan/states.ts"
import type { AssetRange, MadeOutput, Relation } from "./effects.ts"
import { type Obstacles, noObstacles } from "./obstacles.ts"
import { type RecordBook, freshRecord } from "./record-book.ts"
import { stateKey } from "./state-key.ts"

/** What the run has made so far, over what was there before: the newest rows of each partition that are known to be right. */
export interface RunState {
  readonly evaluation: Evaluation
  /** "user_recs 20463" → where its rows lie. */
  readonly made: Map<string, Pick<MadeOutput, "dataVersion" | "file" | "bytes">>
  /** The partitions that were checked in this run: whether their error checks passed. */
  readonly fit: Map<string, boolean>
  readonly obstacles: Obstacles
  readonly book: RecordBook
}

/** Nothing made yet. */
export function startState(evaluation: Evaluation, book: RecordBook): RunState {
  return { evaluation, made: new Map(), fit: new Map(), obstacles: noObstacles(evaluation), book }
}

/** The version of a partition, made in this run or right before it. */
export function versionIn(state: RunState): VersionOf {
  return (asset, index) =>
    asset.kind === "source"
      ? landedVersion(state.evaluation.landing, asset, index)
      : rowsIn(state, asset.name, index)?.dataVersion
}

/** Where the right rows of a partition lie, made in this run or right before it; undefined when there are none. */
export function rowsIn(state: RunState, asset: string, index: number) {
  const made = state.made.get(stateKey(asset, index))
  return made ?? freshRecord(state.evaluation, state.book, asset, index)
}

/** The partitions whose records a step may ask for: its own, and those that it and its checks read. */
export function recordsNeeded(evaluation: Evaluation, step: Step): readonly AssetRange[] {
  const computation = step.kind === "check" ? step.asset.computation : step.computation
  const { partition } = step
  const own = { from: partition, to: partition }
  const read = [
    ...readRanges(evaluation, computation, partition),
    ...checkRanges(evaluation, computation, partition),
  ]
  return [
    ...computation.outputs.map(({ asset }) => ({ asset, range: own })),
    ...read.flatMap(({ asset, range }) =>
      asset.kind === "source" || range === undefined ? [] : [{ asset: asset.name, range }],
    ),
  ]
}

/** The relations of a computation's query and of its outputs' checks, each once. */
export function relationsOf(
  state: RunState,
  computation: Computation,
  partition: number,
): readonly Relation[] {
  const ranges = [
    ...readRanges(state.evaluation, computation, partition),
    ...checkRanges(state.evaluation, computation, partition),
  ]
  const relations = new Map<string, Relation>()
  for (const range of ranges) {
    const name = relationName(range.read)
    if (!relations.has(name)) relations.set(name, relationOf(state, name, range))
  }
  return [...relations.values()]
}

function checkRanges(
  evaluation: Evaluation,
  computation: Computation,
  partition: number,
): readonly ReadRange[] {
  const own = new Set(computation.outputs.map((output) => output.asset))
  const queries = outputsOf(evaluation.graph, computation).flatMap((output) =>
    output.checks.flatMap(({ rule }) => (rule.kind === "no_rows" ? [rule.query] : [])),
  )
  if (queries.length === 0) return []
  const reads = readsOf(...queries).filter((read) => read.asset && !own.has(read.asset.name))
  return readRanges(evaluation, computation, partition, reads)
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
  return rowsIn(state, asset.name, index)?.file
}

function* indexes({ range }: ReadRange): Iterable<number> {
  if (range !== undefined) for (let index = range.from; index <= range.to; index += 1) yield index
}
