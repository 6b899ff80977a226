import {
  type AnyAsset,
  type Cause,
  type Evaluation,
  type ReadVersions,
  type Status,
  assetStatus,
  changedInputs,
  currentReads,
  rangesOf,
} from "@freshet/core"

/** One partition on the way from a root cause to the partition asked about. */
export interface PathStop {
  readonly asset: string
  readonly partition: number
  readonly status: Status
}

/** Why a partition is not up to date, followed back to where it begins. */
export interface Explanation {
  readonly asset: string
  readonly partition: number
  readonly status: Status
  /** What began it, nearest to the sources first; each with all the partitions that share it. */
  readonly roots: readonly RootCause[]
  /** From the first root to the partition asked about. */
  readonly path: readonly PathStop[]
}

export interface RootCause {
  readonly asset: string
  readonly partitions: readonly number[]
  readonly status: Status
  /** Why the asset's rows are not what they should be, with the inputs that changed by name. */
  readonly causes: readonly Cause[]
}

type VersionsRead = (
  materializations: readonly number[],
) => Promise<ReadonlyMap<number, readonly ReadVersions[]>>

interface Node extends PathStop {
  /** The node that reads this one; undefined for the partition asked about. */
  readonly reader: Node | undefined
}

/** Follows causes upstream from one partition to where they begin. */
export async function explainPartition(
  evaluation: Evaluation,
  asset: AnyAsset,
  partition: number,
  versionsRead: VersionsRead,
): Promise<Explanation> {
  const status = assetStatus(evaluation, asset, partition)
  const start: Node = { asset: asset.name, partition, status, reader: undefined }
  const ends = status.kind === "fresh" ? [] : rootNodes(evaluation, start)
  const ordered = inGraphOrder(evaluation, ends)
  const versions = await versionsRead(ordered.flatMap((node) => recordOf(evaluation, node) ?? []))
  return {
    asset: asset.name,
    partition,
    status,
    roots: groupedRoots(ordered, (node) => causesOf(evaluation, node, versions)),
    path: pathFrom(ordered[0]),
  }
}

function rootNodes(evaluation: Evaluation, start: Node): readonly Node[] {
  const seen = new Map<string, Node>()
  const roots: Node[] = []
  for (const open = [start]; open.length > 0;) {
    const node = open.shift()
    if (node === undefined || seen.has(idOf(node))) continue
    seen.set(idOf(node), node)
    const upstream = upstreamNodes(evaluation, node).filter((next) => !seen.has(idOf(next)))
    if (upstreamOf(node.status).length === 0) roots.push(node)
    open.push(...upstream)
  }
  return roots
}

function idOf({ asset, partition }: PathStop): string {
  return `${asset} ${partition}`
}

function upstreamOf(status: Status): readonly Extract<Cause, { kind: "upstream" }>[] {
  return status.kind === "fresh" ? [] : status.causes.filter((cause) => cause.kind === "upstream")
}

function upstreamNodes(evaluation: Evaluation, reader: Node): readonly Node[] {
  return upstreamOf(reader.status).flatMap(({ asset, partitions }) => {
    const found = evaluation.graph.assets.get(asset)
    if (found === undefined) return []
    return partitions.map((partition) => ({
      asset,
      partition,
      status: assetStatus(evaluation, found, partition),
      reader,
    }))
  })
}

function inGraphOrder(evaluation: Evaluation, nodes: readonly Node[]): readonly Node[] {
  const order = new Map(
    evaluation.graph.computations
      .flatMap(({ outputs }) => outputs.map(({ asset }) => asset))
      .map((name, index) => [name, index]),
  )
  const place = ({ asset }: Node): number => order.get(asset) ?? 0
  return nodes.toSorted((a, b) => place(a) - place(b) || a.partition - b.partition)
}

function recordOf(evaluation: Evaluation, { asset, partition }: PathStop): number | undefined {
  return evaluation.snapshot.materializations.get(asset)?.get(partition)?.id
}

function causesOf(
  evaluation: Evaluation,
  node: Node,
  versions: ReadonlyMap<number, readonly ReadVersions[]>,
): readonly Cause[] {
  if (node.status.kind === "fresh") return []
  const found = evaluation.graph.assets.get(node.asset)
  const then = versions.get(recordOf(evaluation, node) ?? -1)
  if (found?.kind !== "asset" || then === undefined) return node.status.causes
  const now = currentReads(evaluation, found.computation, node.partition)
  return node.status.causes.map((cause) =>
    cause.kind === "input" && now !== undefined
      ? { kind: "input", changed: changedInputs(then, now) }
      : cause,
  )
}

function groupedRoots(
  nodes: readonly Node[],
  causesOf: (node: Node) => readonly Cause[],
): readonly RootCause[] {
  const roots = new Map<string, { root: RootCause; partitions: number[] }>()
  for (const node of nodes) {
    const causes = causesOf(node)
    const waitsFor = node.status.kind === "fresh" ? "" : node.status.waitsFor
    const key = JSON.stringify([node.asset, node.status.kind, waitsFor, causes])
    const known = roots.get(key)
    if (known !== undefined) known.partitions.push(node.partition)
    else {
      const partitions = [node.partition]
      const { asset, status } = node
      roots.set(key, { root: { asset, partitions, status, causes }, partitions })
    }
  }
  return [...roots.values()].map(({ root }) => root)
}

function pathFrom(root: Node | undefined): readonly PathStop[] {
  const path: PathStop[] = []
  for (let node = root; node !== undefined; node = node.reader) {
    const { asset, partition, status } = node
    path.push({ asset, partition, status })
  }
  return path
}

/** The command that makes a partition right: its newest one by name, an older one by its day. */
export function mendingCommand(
  evaluation: Evaluation,
  asset: string,
  partitions: readonly number[],
  keyOf: (partition: number) => string,
): string {
  const extent = evaluation.extents.get(asset)
  const [range] = rangesOf(partitions.toSorted((a, b) => a - b))
  const daily = evaluation.graph.assets.get(asset)?.partitions.kind === "daily"
  if (range === undefined || !daily) return `freshet materialize ${asset}`
  const last = partitions.reduce((a, b) => Math.max(a, b))
  if (range.from === last && extent?.to === last) return `freshet materialize ${asset}`
  if (range.from === last) return `freshet backfill ${asset} --date ${keyOf(last)}`
  return `freshet backfill ${asset} --from ${keyOf(range.from)} --to ${keyOf(last)}`
}
