import type { AnyAsset, Computation, Read } from "../declare/declaration.ts"
import { formatPartition } from "../declare/partition.ts"
import { formatRelationName } from "../declare/read.ts"
import { computeCodeText } from "../evaluate/code-text.ts"
import type { Hash } from "../evaluate/declared-versions.ts"
import { getLandedVersion, getPartitions } from "../evaluate/inputs.ts"
import type { LandedFile } from "../evaluate/landing.ts"
import type { MaterializationRecord } from "../evaluate/ledger-snapshot.ts"
import { type Evaluation, findCodeVersion } from "../evaluate/states.ts"
import { getAssetRead, getOutputs } from "../graph/graph.ts"
import { formatStableRead } from "../graph/stable-name.ts"
import { encodeFolderName } from "../partitions/folder-name.ts"
import type { ComputeRequest, Engine, ReadVersions, Relation } from "../ports.ts"
import { buildCopiedRelation, buildLandedRelation } from "./landed-relation.ts"
import { type MaterializationCache, findCurrentRecord } from "./materialization-cache.ts"

/** The result of recomputing a partition from the recorded versions of its inputs. */
export type ReproducibilityResult =
  /** Every output has the recorded content, recomputed and in the store. */
  | { readonly kind: "same" }
  /** The text of the code changed, its `version` did not, and the rows are other ones. */
  | { readonly kind: "version_forgotten"; readonly asset: string; readonly rows: RowsChange }
  /** The same code and inputs returned other rows: the asset is not deterministic. */
  | { readonly kind: "different"; readonly asset: string; readonly rows: RowsChange }
  /** The current code returns other rows for the recorded inputs. */
  | { readonly kind: "code_changed"; readonly asset: string; readonly rows: RowsChange }
  /** A file of the store, of the partition or of one that it read, does not have the recorded content. */
  | {
      readonly kind: "file_damaged"
      readonly asset: string
      readonly partition: number
      readonly file: string
    }
  /** A file of the landing zone has other bytes than its recorded hash says. */
  | { readonly kind: "landed_changed"; readonly source: string; readonly path: string }
  /** The copy of a landed file that the partition is pinned to is missing or has other bytes. */
  | {
      readonly kind: "copy_lost"
      readonly source: string
      readonly path: string
      readonly copy: string
    }
  /** The partition cannot be recomputed: an input is no longer retained, or the code did not read it at that time. */
  | {
      readonly kind: "inputs_gone"
      readonly asset: string
      readonly partition: number | undefined
    }
  | { readonly kind: "never_made" }

/** The number of recorded and of recomputed rows. */
export interface RowsChange {
  readonly recordedRows: number
  readonly recomputedRows: number
}

/** The interfaces of the outside world that recomputing uses. */
export interface RecomputeEffects {
  readonly engine: Pick<Engine, "recompute" | "readDataVersion">
  readonly cache: MaterializationCache
  readonly hash: Hash
  /** Reads the input versions of a materialization. */
  readonly readVersions: (record: MaterializationRecord) => Promise<readonly ReadVersions[]>
  /** Reads a landed file, or its copy, and tests its bytes against its hash. */
  readonly isUnchanged: (file: LandedFile) => Promise<boolean>
}

/** Recomputes one partition from the recorded versions of its inputs, compares the content and stores nothing. */
export async function recompute(
  evaluation: Evaluation,
  computation: Computation,
  partition: number,
  effects: RecomputeEffects,
): Promise<ReproducibilityResult> {
  const range = { from: partition, to: partition }
  await effects.cache.load(computation.outputs.map(({ asset }) => ({ asset, range })))
  const records = computation.outputs.flatMap(
    ({ asset }) => findCurrentRecord(evaluation, effects.cache, asset, partition) ?? [],
  )
  const [first] = records
  if (first === undefined || records.length < computation.outputs.length)
    return { kind: "never_made" }
  const fileChange = await findChangedFile(evaluation, records, effects)
  if (fileChange !== undefined) return fileChange
  const inputs = await findRecomputeInputs(
    evaluation,
    computation,
    await effects.readVersions(first),
    effects,
  )
  if (inputs.kind !== "found") return inputs
  const outputs = getOutputs(evaluation.graph, computation)
  const text = formatPartition(getPartitions(evaluation.graph, computation), partition)
  const request = {
    computation,
    outputs,
    partition: text,
    folder: encodeFolderName(text.key),
    inputVersion: first.inputVersion,
    relations: inputs.relations,
  }
  const comparison = await compareOutputs(request, records, effects.engine)
  if (comparison.kind === "same") return comparison
  const inputChange =
    (await findChangedFile(evaluation, inputs.records, effects)) ??
    (await findChangedLandedFile(inputs.relations, effects))
  if (inputChange !== undefined) return inputChange
  if (comparison.kind === "threw") throw comparison.cause
  const { asset, rows } = comparison.record
  const kind = explainDifference(evaluation, computation, comparison.record, effects.hash)
  return { kind, asset, rows: { recordedRows: rows, recomputedRows: comparison.rows } }
}

function explainDifference(
  evaluation: Evaluation,
  computation: Computation,
  { codeVersion, codeText }: MaterializationRecord,
  hash: Hash,
): "code_changed" | "version_forgotten" | "different" {
  if (codeVersion !== findCodeVersion(evaluation, computation)) return "code_changed"
  const isRecorded = codeText !== undefined && codeText !== null
  const isOtherText = isRecorded && codeText !== computeCodeText(computation, hash)
  return isOtherText ? "version_forgotten" : "different"
}

/** The comparison of recomputed and recorded content. The engine throws when it cannot read an input; the changed file is searched afterwards. */
type Comparison =
  | { readonly kind: "same" }
  | { readonly kind: "other"; readonly record: MaterializationRecord; readonly rows: number }
  | { readonly kind: "threw"; readonly cause: unknown }

async function compareOutputs(
  request: ComputeRequest,
  records: readonly MaterializationRecord[],
  engine: Pick<Engine, "recompute">,
): Promise<Comparison> {
  try {
    const outputs = await engine.recompute(request)
    for (const record of records) {
      const output = outputs.find(({ asset }) => asset === record.asset)
      if (output?.dataVersion !== record.dataVersion)
        return { kind: "other", record, rows: output?.rows ?? 0 }
    }
    return { kind: "same" }
  } catch (cause) {
    return { kind: "threw", cause }
  }
}

/** Finds the first of these files that does not have the recorded content. */
async function findChangedFile(
  { graph }: Evaluation,
  records: readonly MaterializationRecord[],
  { engine }: RecomputeEffects,
): Promise<ReproducibilityResult | undefined> {
  for (const { asset, partition, file, dataVersion } of records) {
    const definition = graph.assets.get(asset)
    if (definition?.kind !== "asset") continue
    const content = await engine.readDataVersion(definition, file)
    if (content !== dataVersion) return { kind: "file_damaged", asset, partition, file }
  }
  return undefined
}

/** Finds the first landed file that was read and whose bytes differ from its hash. */
async function findChangedLandedFile(
  relations: readonly Relation[],
  { isUnchanged }: RecomputeEffects,
): Promise<ReproducibilityResult | undefined> {
  for (const relation of relations) {
    if (relation.kind !== "landed") continue
    const source = relation.source.name
    for (const file of relation.partitions.flatMap(({ files }) => files)) {
      if (await isUnchanged(file)) continue
      const { path, copy } = file
      return copy === undefined
        ? { kind: "landed_changed", source, path }
        : { kind: "copy_lost", source, path, copy }
    }
  }
  return undefined
}

type RecomputeInputs =
  | {
      readonly kind: "found"
      readonly relations: readonly Relation[]
      /** The materializations that the partition read. */
      readonly records: readonly MaterializationRecord[]
    }
  | Extract<ReproducibilityResult, { kind: "inputs_gone" }>

async function findRecomputeInputs(
  evaluation: Evaluation,
  computation: Computation,
  recordedReads: readonly ReadVersions[],
  { cache }: RecomputeEffects,
): Promise<RecomputeInputs> {
  const relations: Relation[] = []
  const records: MaterializationRecord[] = []
  for (const read of computation.reads) {
    const asset = getAssetRead(evaluation.graph, computation, read)
    const recordedRead = recordedReads.find(
      ({ relation }) => relation === formatStableRead(evaluation.graph, read),
    )
    if (recordedRead === undefined)
      return { kind: "inputs_gone", asset: asset.name, partition: undefined }
    const ranges = recordedRead.versions.map(([index]) => ({
      asset: asset.name,
      range: { from: index, to: index },
    }))
    if (asset.kind === "asset") await cache.load(ranges)
    const input = buildRelation(evaluation, read, asset, { recordedRead, cache })
    if (input.kind === "inputs_gone") return input
    relations.push(input.relation)
    records.push(...input.records)
  }
  return { kind: "found", relations, records }
}

function buildRelation(
  evaluation: Evaluation,
  read: Read,
  asset: AnyAsset,
  {
    recordedRead,
    cache,
  }: { readonly recordedRead: ReadVersions; readonly cache: MaterializationCache },
) {
  const { versions } = recordedRead
  const name = formatRelationName(read)
  const toInputsGone = ([index]: ReadVersions["versions"][number]) =>
    ({ kind: "inputs_gone", asset: asset.name, partition: index }) as const
  if (asset.kind === "source" && recordedRead.files !== undefined) {
    const relation = buildCopiedRelation(name, asset, recordedRead)
    return { kind: "found" as const, relation, records: [] }
  }
  if (asset.kind === "source") {
    const changedVersion = versions.find(
      ([index, version]) => getLandedVersion(evaluation.landing, asset, index) !== version,
    )
    if (changedVersion !== undefined) return toInputsGone(changedVersion)
    const partitions = versions.map(([index]) => index)
    const relation = buildLandedRelation(evaluation.landing, name, asset, partitions)
    return { kind: "found" as const, relation, records: [] }
  }
  const records: MaterializationRecord[] = []
  for (const version of versions) {
    const record = cache
      .list(asset.name, version[0])
      .find((candidate) => candidate.dataVersion === version[1])
    if (record === undefined) return toInputsGone(version)
    records.push(record)
  }
  const files = records.map(({ file }) => file)
  const relation: Relation = { kind: "stored", name, columns: asset.columns, files }
  return { kind: "found" as const, relation, records }
}
