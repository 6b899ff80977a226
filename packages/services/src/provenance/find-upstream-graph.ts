import type { AnyAsset, Asset, SourceAsset } from "@freshet/core"
import {
  createMaterializationCache,
  formatPartition,
  formatPartitionKey,
  formatRelationName,
  formatStableRead,
  getAsset,
  getAssetRead,
  getLandedVersion,
  getPartitions,
  type LandedFile,
  type MaterializationCache,
  type MaterializationRecord,
  type PartitionText,
  type ReadVersions,
} from "@freshet/core/engine"
import type { TraceInput, TraceNode } from "@freshet/io"

import { usageError } from "../plan/target-problems.ts"
import type { Project } from "../project.ts"

/** The materializations upstream of a row, with exactly the versions that were read. */
export interface UpstreamGraph {
  /** Each node before the nodes that it reads. */
  readonly nodes: readonly TraceNode[]
  readonly inputs: ReadonlyMap<string, TraceInput>
  /** The inputs whose own inputs are not followed. */
  readonly stops: readonly UpstreamStop[]
}

/** An input whose own inputs are not followed. */
export interface UpstreamStop {
  readonly input: string
  readonly reason: "code" | "too_many_partitions"
}

/** The number of materializations that are followed. */
const maxNodes = 400

interface Walk {
  readonly project: Project
  readonly cache: MaterializationCache
  readonly nodes: Map<string, WalkedNode>
  readonly inputs: Map<string, TraceInput>
  readonly stops: UpstreamStop[]
}

/** A node, with the place of its computation among all and the index of its partition. */
interface WalkedNode extends TraceNode {
  readonly outputs: TraceNode["outputs"][number][]
  readonly reads: Map<string, readonly string[]>
  readonly place: number
  readonly index: number
}

/** Follows the recorded reads of a materialization up to the landed files. */
export async function findUpstreamGraph(
  project: Project,
  target: MaterializationRecord,
): Promise<UpstreamGraph> {
  const cache = createMaterializationCache({
    readMaterializations: project.ledger.readMaterializations,
  })
  const walk: Walk = { project, cache, nodes: new Map(), inputs: new Map(), stops: [] }
  let records: readonly MaterializationRecord[] = [target]
  while (records.length > 0) records = await followRecords(walk, records)
  const nodes = [...walk.nodes.values()].toSorted((a, b) => b.place - a.place || b.index - a.index)
  return { nodes, inputs: walk.inputs, stops: walk.stops }
}

/** Formats the id of a stored input. */
export function formatInputId({ asset, id }: Pick<MaterializationRecord, "asset" | "id">): string {
  return `${asset} #${id}`
}

/** Adds records as inputs with their nodes. Returns the records that the new nodes read. */
async function followRecords(
  walk: Walk,
  records: readonly MaterializationRecord[],
): Promise<readonly MaterializationRecord[]> {
  const newNodes: { readonly node: WalkedNode; readonly record: MaterializationRecord }[] = []
  for (const record of records) {
    const node = addRecord(walk, record)
    if (node !== undefined) newNodes.push({ node, record })
  }
  const versions = await walk.project.ledger.readInputVersions(
    newNodes.map(({ record }) => record.id),
  )
  const upstream = new Map<string, MaterializationRecord>()
  for (const { node, record } of newNodes)
    for (const input of await addReads(walk, node, versions.get(record.id) ?? []))
      if (!walk.inputs.has(formatInputId(input))) upstream.set(formatInputId(input), input)
  return [...upstream.values()]
}

/** Adds a record as an input and as an output of its node. Returns the node if it is new. */
function addRecord(
  { project, nodes, inputs, stops }: Walk,
  record: MaterializationRecord,
): WalkedNode | undefined {
  const { graph } = project
  const asset = getAsset(graph, record.asset)
  const { computation } = asset
  const id = formatInputId(record)
  const { partitions, columns } = asset
  const partition = formatPartitionKey(partitions, record.partition)
  inputs.set(id, { kind: "stored", id, asset: asset.name, partition, columns, file: record.file })
  const nodeId = `${computation.name} ${partition} ${record.inputVersion}`
  const node = nodes.get(nodeId)
  if (node !== undefined) {
    node.outputs.push({ asset, input: id })
    return undefined
  }
  if (computation.kind === "code" || nodes.size >= maxNodes) {
    const reason = computation.kind === "code" ? "code" : "too_many_partitions"
    stops.push({ input: id, reason })
    return undefined
  }
  const newNode: WalkedNode = {
    id: nodeId,
    computation,
    partition: formatPartition(getPartitions(graph, computation), record.partition),
    reads: new Map(),
    outputs: [{ asset, input: id }],
    place: graph.computations.indexOf(computation),
    index: record.partition,
  }
  nodes.set(nodeId, newNode)
  return newNode
}

/** Adds the reads of a node. Returns the materializations that it read. */
async function addReads(
  walk: Walk,
  node: WalkedNode,
  versions: readonly ReadVersions[],
): Promise<readonly MaterializationRecord[]> {
  const { graph } = walk.project
  const records: MaterializationRecord[] = []
  for (const read of node.computation.reads) {
    const asset = getAssetRead(graph, node.computation, read)
    const recordedRead = versions.find(({ relation }) => relation === formatStableRead(graph, read))
    if (recordedRead === undefined) throw createInputsGoneError(asset, undefined)
    const relation = formatRelationName(read)
    if (asset.kind === "source") {
      const inputs = listLandedInputs(walk.project, asset, recordedRead, node.partition)
      for (const input of inputs) walk.inputs.set(input.id, input)
      node.reads.set(
        relation,
        inputs.map(({ id }) => id),
      )
      continue
    }
    const readRecords = await findReadRecords(walk, asset, recordedRead)
    node.reads.set(relation, readRecords.map(formatInputId))
    records.push(...readRecords)
  }
  return records
}

/** Lists the landed files of a read by partition, as they were read. */
function listLandedInputs(
  project: Project,
  source: SourceAsset,
  { versions, files: copies }: ReadVersions,
  reader: PartitionText,
): readonly TraceInput[] {
  const { landing } = project.evaluation
  return versions.map(([index, version]): TraceInput => {
    if (copies === undefined && getLandedVersion(landing, source, index) !== version)
      throw createInputsGoneError(source, index)
    const landedFiles = landing.get(source.name)?.get(index)?.files ?? []
    const files: readonly LandedFile[] = copies?.get(index) ?? landedFiles
    const partition = formatPartitionKey(source.partitions, index)
    const id = `${source.name} ${partition} for ${reader.key}${copies === undefined ? "" : " as landed"}`
    return { kind: "landed", id, source, partition, files, reader }
  })
}

/** Finds the materializations that a read had, by their data versions. */
async function findReadRecords(
  { cache }: Walk,
  asset: Asset,
  { versions }: ReadVersions,
): Promise<readonly MaterializationRecord[]> {
  await cache.load(
    versions.map(([index]) => ({ asset: asset.name, range: { from: index, to: index } })),
  )
  return versions.map(([index, version]) => {
    const record = cache
      .list(asset.name, index)
      .findLast(({ dataVersion }) => dataVersion === version)
    if (record === undefined) throw createInputsGoneError(asset, index)
    return record
  })
}

function createInputsGoneError({ name, partitions }: AnyAsset, index: number | undefined): Error {
  const key = index === undefined ? "" : ` ${formatPartitionKey(partitions, index)}`
  return usageError({
    kind: "usage",
    asset: name,
    message: `The lines of the row cannot be found: the version of \`${name}\`${key} that was read is no longer retained.`,
    hint: `Replaced landed files are not retained; \`retention\` decides for how long replaced rows are.`,
  })
}
