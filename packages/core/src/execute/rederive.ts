import type { AnyAsset, Computation } from "../declare/asset.ts"
import { folderOf } from "../declare/folder.ts"
import { partitionKey, partitionText } from "../declare/partition.ts"
import { type Read, relationName } from "../declare/read.ts"
import { assetRead, outputsOf } from "../graph/graph.ts"
import { landedVersion, lastingRelation, partitionsOf } from "../plan/inputs.ts"
import type { Recorded } from "../plan/snapshot.ts"
import { type Evaluation, codeVersionOf } from "../plan/states.ts"
import type { ComputeRequest, Engine, LandedFile, ReadVersions, Relation } from "./effects.ts"
import type { RecordBook } from "./record-book.ts"
import { recordBefore } from "./record-book.ts"

/** What came of making a partition again from exactly what its recorded materialization read. */
export type Verdict =
  /** Every output came out with the recorded content, and lies in the store as recorded. */
  | { readonly kind: "same" }
  /** The same code and inputs gave other rows: the asset is not deterministic. */
  | { readonly kind: "different"; readonly asset: string; readonly rows: RowsChange }
  /** Today's code gives other rows of the recorded inputs. */
  | { readonly kind: "code_changed"; readonly asset: string; readonly rows: RowsChange }
  /** A file of the store, of the partition itself or of one that it read, does not hold what was recorded. */
  | {
      readonly kind: "file_changed"
      readonly asset: string
      readonly partition: number
      readonly file: string
    }
  /** A file of the landing zone holds other bytes than those that its hash stands for. */
  | { readonly kind: "landed_changed"; readonly source: string; readonly path: string }
  /** It cannot be made again: what it read of an asset or a source is not kept any more, or it did not read it then. */
  | {
      readonly kind: "inputs_gone"
      readonly asset: string
      readonly partition: number | undefined
    }
  | { readonly kind: "never_made" }

/** How many rows were recorded, and how many came out. */
export interface RowsChange {
  readonly recorded: number
  readonly found: number
}

/** What making a partition again needs of the world. */
export interface RederiveEffects {
  readonly engine: Pick<Engine, "rederive" | "contentOf">
  readonly book: RecordBook
  /** What the materializations of one step read. */
  readonly reads: (record: Recorded) => Promise<readonly ReadVersions[]>
  /** Whether a landed file's bytes are those that its hash stands for; they are read. */
  readonly isAsLanded: (file: LandedFile) => Promise<boolean>
}

/** Makes one partition again from the recorded versions of its inputs, compares, and keeps nothing. */
export async function rederive(
  evaluation: Evaluation,
  computation: Computation,
  partition: number,
  effects: RederiveEffects,
): Promise<Verdict> {
  const own = { from: partition, to: partition }
  await effects.book.load(computation.outputs.map(({ asset }) => ({ asset, range: own })))
  const records = computation.outputs.flatMap(
    ({ asset }) => recordBefore(evaluation, effects.book, asset, partition) ?? [],
  )
  const [first] = records
  if (first === undefined || records.length < computation.outputs.length)
    return { kind: "never_made" }
  const changed = await changedFile(evaluation, records, effects)
  if (changed !== undefined) return changed
  const inputs = await recordedInputs(evaluation, computation, await effects.reads(first), effects)
  if (inputs.kind !== "found") return inputs
  const outputs = outputsOf(evaluation.graph, computation)
  const text = partitionText(partitionsOf(evaluation.graph, computation), partition)
  const request = {
    computation,
    outputs,
    partition: text,
    folder: folderOf(text.key),
    inputVersion: first.inputVersion,
    relations: inputs.relations,
  }
  const came = await derive(request, records, effects.engine)
  if (came.kind === "same") return came
  const input =
    (await changedFile(evaluation, inputs.records, effects)) ??
    (await changedLanding(inputs.relations, effects))
  if (input !== undefined) return input
  if (came.kind === "threw") throw came.cause
  const { asset, codeVersion, rows } = came.record
  const isSameCode = codeVersion === codeVersionOf(evaluation, computation)
  const kind = isSameCode ? "different" : "code_changed"
  return { kind, asset, rows: { recorded: rows, found: came.found } }
}

/** How the content came out beside what was recorded; what the engine cannot read makes it throw, and why is found out afterwards. */
type Came =
  | { readonly kind: "same" }
  | { readonly kind: "other"; readonly record: Recorded; readonly found: number }
  | { readonly kind: "threw"; readonly cause: unknown }

async function derive(
  request: ComputeRequest,
  records: readonly Recorded[],
  engine: Pick<Engine, "rederive">,
): Promise<Came> {
  try {
    const outputs = await engine.rederive(request)
    for (const record of records) {
      const output = outputs.find(({ asset }) => asset === record.asset)
      if (output?.dataVersion !== record.dataVersion)
        return { kind: "other", record, found: output?.rows ?? 0 }
    }
    return { kind: "same" }
  } catch (cause) {
    return { kind: "threw", cause }
  }
}

/** The first of these files that does not hold what was recorded. */
async function changedFile(
  { graph }: Evaluation,
  records: readonly Recorded[],
  { engine }: RederiveEffects,
): Promise<Verdict | undefined> {
  for (const { asset, partition, file, dataVersion } of records) {
    const found = graph.assets.get(asset)
    if (found?.kind !== "asset") continue
    const content = await engine.contentOf(found, file)
    if (content !== dataVersion) return { kind: "file_changed", asset, partition, file }
  }
  return undefined
}

/** The first landed file that was read and is another one by now, though nothing shows it. */
async function changedLanding(
  relations: readonly Relation[],
  { isAsLanded }: RederiveEffects,
): Promise<Verdict | undefined> {
  for (const relation of relations) {
    if (relation.kind !== "landed") continue
    for (const file of relation.partitions.flatMap(({ files }) => files))
      if (!(await isAsLanded(file)))
        return { kind: "landed_changed", source: relation.source.name, path: file.path }
  }
  return undefined
}

type Inputs =
  | {
      readonly kind: "found"
      readonly relations: readonly Relation[]
      /** The materializations that are read. */
      readonly records: readonly Recorded[]
    }
  | Extract<Verdict, { kind: "inputs_gone" }>

async function recordedInputs(
  evaluation: Evaluation,
  computation: Computation,
  recorded: readonly ReadVersions[],
  { book }: RederiveEffects,
): Promise<Inputs> {
  const relations: Relation[] = []
  const records: Recorded[] = []
  for (const read of computation.reads) {
    const asset = assetRead(evaluation.graph, computation, read)
    const versions = recorded.find(({ relation }) => relation === lastingRelation(read))?.versions
    if (versions === undefined)
      return { kind: "inputs_gone", asset: asset.name, partition: undefined }
    const ranges = versions.map(([index]) => ({
      asset: asset.name,
      range: { from: index, to: index },
    }))
    if (asset.kind === "asset") await book.load(ranges)
    const found = relationOf(evaluation, read, asset, { versions, book })
    if (found.kind === "inputs_gone") return found
    relations.push(found.relation)
    records.push(...found.records)
  }
  return { kind: "found", relations, records }
}

function relationOf(
  evaluation: Evaluation,
  read: Read,
  asset: AnyAsset,
  then: { readonly versions: ReadVersions["versions"]; readonly book: RecordBook },
) {
  const name = relationName(read)
  const gone = ([index]: ReadVersions["versions"][number]) =>
    ({ kind: "inputs_gone", asset: asset.name, partition: index }) as const
  if (asset.kind === "source") {
    const other = then.versions.find(
      ([index, version]) => landedVersion(evaluation.landing, asset, index) !== version,
    )
    if (other !== undefined) return gone(other)
    const landed = evaluation.landing.get(asset.name)
    const partitions = then.versions.flatMap(([index]) => {
      const files = landed?.get(index)?.files
      return files === undefined ? [] : [{ key: partitionKey(asset.partitions, index), files }]
    })
    const relation: Relation = { kind: "landed", name, source: asset, partitions }
    return { kind: "found" as const, relation, records: [] }
  }
  const records: Recorded[] = []
  for (const each of then.versions) {
    const record = then.book.kept(asset.name, each[0]).find((kept) => kept.dataVersion === each[1])
    if (record === undefined) return gone(each)
    records.push(record)
  }
  const files = records.map(({ file }) => file)
  const relation: Relation = { kind: "stored", name, columns: asset.columns, files }
  return { kind: "found" as const, relation, records }
}
