import {
  type Computation,
  type EarlierMaterialization,
  type Fingerprint,
  type Graph,
  type Lanes,
  type MaterializationHistory,
  type MaterializationRecord,
  type MaterializationVersion,
  buildRunningSums,
  createLanes,
  findPartition,
  fingerprintContent,
  getOutputs,
  getStablePartition,
  isTimed,
  parseFingerprint,
} from "../src/engine.ts"
import type { AnyAsset, Asset, Partitions } from "../src/index.ts"

/** One retained materialization; the newest of a partition has the highest `seq`. */
export interface StoredRecord extends StoredPartition {
  sequence: number
  readonly record: MaterializationRecord
}

/** A partition by its key, since the places of static keys may change, and by the definition of its asset's partitions. */
export interface StoredPartition {
  readonly asset: string
  readonly key: string
  readonly definition: string
}

/** The records of all outputs of one attempt at one partition. */
interface Attempt {
  sequence: number
  readonly partition: number
  readonly records: MaterializationRecord[]
}

/** The retained attempts of one computation with all their outputs, oldest first. */
function listAttempts(
  records: readonly StoredRecord[],
  graph: Graph,
  computation: Computation,
): Attempt[] {
  const attempts = new Map<string, Attempt>()
  for (const asset of getOutputs(graph, computation)) {
    const names = listNames(graph, asset)
    for (const { sequence, record, ...stored } of records) {
      const partition = names.includes(stored.asset)
        ? findStoredPartition(asset, stored)
        : undefined
      if (partition === undefined) continue
      const id = `${partition} ${record.inputVersion}`
      const attempt = attempts.get(id) ?? { sequence, partition, records: [] }
      attempt.records.push(record)
      attempts.set(id, attempt)
    }
  }
  return [...attempts.values()]
    .filter(({ records }) => records.length === computation.outputs.length)
    .toSorted((one, other) => one.sequence - other.sequence)
}

/** The retained materializations of one computation, in columns. */
function toHistory(attempts: readonly Attempt[], graph: Graph, computation: Computation) {
  if (attempts.length === 0) return undefined
  const partitions = attempts.map(({ partition }) => partition)
  const from = Math.min(...partitions)
  const length = Math.max(...partitions) - from + 1
  const outputs = computation.outputs.map(() => createLanes(length))
  const columns = { inputs: createLanes(length), versionIndex: new Uint16Array(length) }
  const versions: MaterializationVersion[] = []
  const earlier = new Map<number, EarlierMaterialization[]>()
  const newest = new Map<number, EarlierMaterialization>()
  for (const { partition, records } of attempts) {
    const materialization = toEarlierMaterialization(graph, computation, partition, records)
    const previous = newest.get(partition)
    if (previous !== undefined)
      earlier.set(partition, [previous, ...(earlier.get(partition) ?? [])])
    newest.set(partition, materialization)
  }
  for (const [partition, materialization] of newest) {
    columns.versionIndex[partition - from] = 1 + internVersion(versions, materialization.version)
    setLanes(columns.inputs, partition - from, materialization.input)
    materialization.outputs.forEach((content, at) =>
      setLanes(outputs[at]!, partition - from, content),
    )
  }
  return { from, length, ...columns, sums: outputs.map(buildRunningSums), versions, earlier }
}

/** The place of a version in a list; a new version is appended. */
function internVersion(
  versions: MaterializationVersion[],
  version: MaterializationVersion,
): number {
  const text = JSON.stringify(version)
  const place = versions.findIndex((candidate) => JSON.stringify(candidate) === text)
  return place < 0 ? versions.push(version) - 1 : place
}

function toEarlierMaterialization(
  graph: Graph,
  computation: Computation,
  partition: number,
  records: readonly MaterializationRecord[],
): EarlierMaterialization {
  const [asset] = getOutputs(graph, computation)
  const stablePartition = getStablePartition(asset!.partitions, partition)
  return {
    input: parseFingerprint(records[0]!.fingerprint),
    outputs: records.map(({ dataVersion }) => fingerprintContent(stablePartition, dataVersion)),
    version: {
      codeVersion: records[0]!.codeVersion,
      checks: records.map(({ checkVersion: version, failedErrors, failedWarnings }) => ({
        version,
        failedErrors,
        failedWarnings,
      })),
    },
  }
}

function setLanes({ low, high }: Lanes, at: number, print: Fingerprint): void {
  low[at] = print.low
  high[at] = print.high
}

/** Formats the kind and time zone of partitions, which decide the meaning of an index. */
export function definePartitions(partitions: Partitions): string {
  return isTimed(partitions) ? `${partitions.kind} ${partitions.zone}` : partitions.kind
}

/** Finds a stored partition among the present ones of an asset. */
export function findStoredPartition(
  { partitions }: Pick<Asset, "partitions">,
  { key, definition }: Pick<StoredPartition, "key" | "definition">,
): number | undefined {
  return definition === definePartitions(partitions) ? findPartition(partitions, key) : undefined
}

/** The names under which an asset is recorded. A previous name that another asset has is not one of them. */
export function listNames(
  graph: Graph,
  { name, previousNames }: Pick<AnyAsset, "name" | "previousNames">,
): readonly string[] {
  return [name, ...previousNames.filter((previousName) => !graph.assets.has(previousName))]
}

/** Builds the histories of all computations of a graph from the retained materializations. */
export function buildHistories(
  records: readonly StoredRecord[],
  graph: Graph,
): ReadonlyMap<string, MaterializationHistory> {
  const histories = new Map<string, MaterializationHistory>()
  for (const computation of graph.computations) {
    const history = toHistory(listAttempts(records, graph, computation), graph, computation)
    if (history !== undefined) histories.set(computation.name, history)
  }
  return histories
}
