import type { AnyAsset, Computation } from "../declare/asset.ts"
import { folderOf } from "../declare/folder.ts"
import { partitionKey, partitionText } from "../declare/partition.ts"
import { type Read, relationName } from "../declare/read.ts"
import { assetRead, outputsOf } from "../graph/graph.ts"
import { landedVersion, lastingRelation, partitionsOf } from "../plan/inputs.ts"
import type { Recorded } from "../plan/snapshot.ts"
import type { Evaluation } from "../plan/states.ts"
import type { Engine, ReadVersions, Relation } from "./effects.ts"
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
  /** A file of the store does not hold what was recorded. */
  | { readonly kind: "file_changed"; readonly asset: string; readonly file: string }
  /** It cannot be made again: what it read is not kept any more. */
  | { readonly kind: "inputs_gone"; readonly what: string }
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
  const made = await effects.engine.rederive({
    computation,
    outputs,
    partition: text,
    folder: folderOf(text.key),
    inputVersion: first.inputVersion,
    relations: inputs.relations,
  })
  const other = records.find(
    ({ dataVersion, asset }) =>
      made.find((output) => output.asset === asset)?.dataVersion !== dataVersion,
  )
  if (other === undefined) return { kind: "same" }
  const found = made.find(({ asset }) => asset === other.asset)?.rows ?? 0
  const rows = { recorded: other.rows, found }
  const isSameCode = other.codeVersion === evaluation.codeVersions.get(computation.name)
  if (!isSameCode) return { kind: "code_changed", asset: other.asset, rows }
  const input = await changedFile(evaluation, inputs.records, effects)
  return input ?? { kind: "different", asset: other.asset, rows }
}

/** The first of these files that does not hold what was recorded. */
async function changedFile(
  { graph }: Evaluation,
  records: readonly Recorded[],
  { engine }: RederiveEffects,
): Promise<Verdict | undefined> {
  for (const { asset, file, dataVersion } of records) {
    const found = graph.assets.get(asset)
    if (found?.kind !== "asset") continue
    const content = await engine.contentOf(found, file)
    if (content !== dataVersion) return { kind: "file_changed", asset, file }
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
      return { kind: "inputs_gone", what: `${relationName(read)}, which it did not read then` }
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
  const gone = ([index]: ReadVersions["versions"][number]) => ({
    kind: "inputs_gone" as const,
    what: `${asset.name} ${partitionKey(asset.partitions, index)} as it was then`,
  })
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
