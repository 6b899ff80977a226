import { type Computation, joinedRanges, type PartitionRange, type Timeline } from "@freshet/core"
import type { Client } from "pg"

import { readKept, type Wanted } from "./kept-rows.ts"
import { findPartitionOf, type LedgerNames } from "./ledger-names.ts"
import { namesOf, nameToday, staticKeys } from "./ledger-names.ts"
import { draftOf, emptyColumns, type TimelineColumns } from "./timeline-columns.ts"
import { type TimelineDraft, timelineOf } from "./timeline-columns.ts"
import type { TimelineState } from "./timeline-state.ts"

/** A recorded partition of an asset, as the ledger names both. */
export interface Touched {
  readonly asset: string
  readonly partition: number
}

/** The timelines of all declared computations, as planning sees them and as a state file keeps them. */
export interface ReadTimelines {
  readonly timelines: ReadonlyMap<string, Timeline>
  /** What each depends on in the declarations → its columns. */
  readonly columns: TimelineState["timelines"]
  /** Whether the state did not know all of the computations. */
  readonly isIncomplete: boolean
}

const everything: PartitionRange = { from: -(2 ** 31), to: 2 ** 31 - 1 }

/** What happened since a state was written. */
export interface News {
  readonly touched: readonly Touched[]
  /** Something that was kept of them is not any more. */
  readonly forgotten: readonly Touched[]
}

/** Makes the timelines out of a state and the news since; a computation that the state does not know is read whole. */
export async function readTimelines(
  client: Client,
  names: LedgerNames,
  state: TimelineState | undefined,
  { touched, forgotten }: News,
): Promise<ReadTimelines> {
  const { computations } = names.graph
  const shapes = computations.map((computation) => shapeOf(names, computation))
  const known = shapes.map((shape) => state?.timelines.get(shape))
  const gone = byComputation(names, forgotten)
  const ranges = changedRanges(known, [byComputation(names, touched), gone])
  const changed = await readChanged(client, names, known, { ranges, gone })
  const columns = computations.map(
    ({ outputs }, at) => changed.get(at) ?? known[at] ?? emptyColumns(outputs.length),
  )
  const timelines = new Map<string, Timeline>()
  const keptColumns = new Map<string, TimelineColumns>()
  for (const [at, each] of columns.entries()) {
    timelines.set(computations[at]?.name ?? "", timelineOf(each))
    keptColumns.set(shapes[at] ?? "", each)
  }
  return { timelines, columns: keptColumns, isIncomplete: known.includes(undefined) }
}

/** All in a computation's declaration that decides how its rows become a timeline. */
function shapeOf(names: LedgerNames, { name, outputs }: Computation): string {
  const assets = outputsOf(names, outputs)
  const [first] = assets
  const isPlain = assets.length === 1 && first?.name === name && first.formerly.length === 0
  const keys = first && staticKeys(first.partitions)
  if (isPlain && keys === undefined) return name
  return JSON.stringify([name, assets.map((asset) => namesOf(names, asset)), keys ?? null])
}

function outputsOf({ graph }: LedgerNames, outputs: Computation["outputs"]) {
  return outputs.flatMap(({ asset }) => graph.assets.get(asset) ?? [])
}

/** Place of a computation → recorded partitions of it. */
type Recorded = ReadonlyMap<number, readonly number[]>

function byComputation(names: LedgerNames, recorded: readonly Touched[]): Recorded {
  const found = new Map<number, number[]>()
  const places = recorded.length === 0 ? new Map<string, number>() : placesOf(names)
  for (const { asset, partition } of recorded) {
    const at = places.get(nameToday(names, asset))
    if (at === undefined) continue
    const partitions = found.get(at)
    if (partitions === undefined) found.set(at, [partition])
    else partitions.push(partition)
  }
  return found
}

/** Place of a computation → the recorded partitions to be read. */
function changedRanges(
  known: readonly (TimelineColumns | undefined)[],
  changed: readonly Recorded[],
): ReadonlyMap<number, readonly PartitionRange[]> {
  const ranges = new Map<number, readonly PartitionRange[]>()
  for (const [at, columns] of known.entries()) {
    const partitions = changed.flatMap((each) => each.get(at) ?? [])
    if (columns === undefined) ranges.set(at, [everything])
    else if (partitions.length > 0)
      ranges.set(at, joinedRanges(partitions.map((each) => ({ from: each, to: each }))))
  }
  return ranges
}

/** Asset → place of its computation. */
function placesOf({ graph }: LedgerNames): ReadonlyMap<string, number> {
  return new Map(
    graph.computations.flatMap(({ outputs }, at) => outputs.map(({ asset }) => [asset, at])),
  )
}

interface Changed {
  readonly ranges: ReadonlyMap<number, readonly PartitionRange[]>
  /** Those of which something was forgotten: nothing is kept of the ones that are not found. */
  readonly gone: Recorded
}

async function readChanged(
  client: Client,
  names: LedgerNames,
  known: readonly (TimelineColumns | undefined)[],
  { ranges, gone }: Changed,
): Promise<ReadonlyMap<number, TimelineColumns>> {
  const changed = new Map<number, TimelineColumns>()
  const left = new Map([...gone].map(([at, partitions]) => [at, new Set(partitions)]))
  let change: Change | undefined
  const finish = () => {
    if (change === undefined) return
    for (const partition of left.get(change.at) ?? []) change.put(partition, [])
    left.delete(change.at)
    changed.set(change.at, change.finish())
  }
  const wanted = [...ranges].flatMap(([at, each]) => each.map((r) => wantedOf(names, at, r)))
  const contentName = ({ at }: Wanted, id: number) => contentNameOf(names, outputAt(names, at), id)
  for await (const group of readKept(client, wanted, contentName))
    for (const { at, partition, made } of group) {
      if (change?.at !== at) {
        finish()
        change = changeOf(names, known, at)
      }
      left.get(at)?.delete(partition)
      change.put(partition, made)
    }
  finish()
  for (const at of left.keys()) {
    change = changeOf(names, known, at)
    finish()
  }
  return changed
}

/** A timeline that is being changed, by the partitions' numbers in the ledger. */
interface Change extends TimelineDraft {
  readonly at: number
}

function changeOf(
  names: LedgerNames,
  known: readonly (TimelineColumns | undefined)[],
  at: number,
): Change {
  const outputs = names.graph.computations[at]?.outputs.length ?? 0
  const { put, finish } = draftOf(known[at] ?? emptyColumns(outputs))
  return {
    at,
    put: (recorded, made) => {
      const partition = findPartitionOf(names, outputAt(names, at), recorded)
      if (partition !== undefined) put(partition, made)
    },
    finish,
  }
}

function outputAt({ graph }: LedgerNames, at: number): string {
  return graph.computations[at]?.outputs[0]?.asset ?? ""
}

function wantedOf(names: LedgerNames, at: number, { from, to }: PartitionRange): Wanted {
  const outputs = names.graph.computations[at]?.outputs ?? []
  const all = outputsOf(names, outputs).map((asset) => namesOf(names, asset))
  return { at, outputs: all, low: from, high: to }
}

/** Content is told apart by the partition's key where keys are a set, since their places change; else by the partition. */
function contentNameOf(names: LedgerNames, asset: string, id: number): number | string | undefined {
  const partition = findPartitionOf(names, asset, id)
  const declared = names.graph.assets.get(asset)
  const keys = declared && staticKeys(declared.partitions)
  return keys === undefined || partition === undefined ? partition : keys[partition]
}
