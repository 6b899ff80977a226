import type { Computation, PartitionRange, Timeline } from "@freshet/core"
import type { Client } from "pg"

import { readKept, type Wanted } from "./kept-rows.ts"
import { findPartitionOf, joinedRanges, type LedgerNames } from "./ledger-names.ts"
import { namesOf, nameToday, staticKeys } from "./ledger-names.ts"
import { draftOf, emptyColumns, type TimelineColumns, timelineOf } from "./timeline-columns.ts"
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

/** Makes the timelines out of a state and what was touched since; a computation that the state does not know is read whole. */
export async function readTimelines(
  client: Client,
  names: LedgerNames,
  state: TimelineState | undefined,
  touched: readonly Touched[],
): Promise<ReadTimelines> {
  const { computations } = names.graph
  const shapes = computations.map((computation) => shapeOf(names, computation))
  const known = shapes.map((shape) => state?.timelines.get(shape))
  const changed = await readChanged(client, names, known, touchedRanges(names, known, touched))
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

/** Place of a computation → the recorded partitions to be read. */
function touchedRanges(
  names: LedgerNames,
  known: readonly (TimelineColumns | undefined)[],
  touched: readonly Touched[],
): ReadonlyMap<number, readonly PartitionRange[]> {
  const places = touched.length === 0 ? new Map<string, number>() : placesOf(names)
  const partitions = new Map<number, PartitionRange[]>()
  for (const { asset, partition } of touched) {
    const at = places.get(nameToday(names, asset))
    if (at === undefined) continue
    const range = { from: partition, to: partition }
    const others = partitions.get(at)
    if (others === undefined) partitions.set(at, [range])
    else others.push(range)
  }
  return new Map(
    [...known.entries()].flatMap(([at, columns]) => {
      if (columns === undefined) return [[at, [everything]] as const]
      const ranges = partitions.get(at)
      return ranges === undefined ? [] : [[at, joinedRanges(ranges)] as const]
    }),
  )
}

/** Asset → place of its computation. */
function placesOf({ graph }: LedgerNames): ReadonlyMap<string, number> {
  return new Map(
    graph.computations.flatMap(({ outputs }, at) => outputs.map(({ asset }) => [asset, at])),
  )
}

async function readChanged(
  client: Client,
  names: LedgerNames,
  known: readonly (TimelineColumns | undefined)[],
  ranges: ReadonlyMap<number, readonly PartitionRange[]>,
): Promise<ReadonlyMap<number, TimelineColumns>> {
  const changed = new Map<number, TimelineColumns>()
  let [at, draft] = [-1, draftOf(emptyColumns(0))]
  const finish = () => at >= 0 && changed.set(at, draft.finish())
  const nameOf = (at: number) => names.graph.computations[at]?.outputs[0]?.asset ?? ""
  const wanted = [...ranges].flatMap(([at, each]) => each.map((r) => wantedOf(names, at, r)))
  const contentName = ({ at }: Wanted, id: number) => contentNameOf(names, nameOf(at), id)
  for await (const group of readKept(client, wanted, contentName))
    for (const kept of group) {
      if (kept.at !== at) {
        finish()
        at = kept.at
        const outputs = names.graph.computations[at]?.outputs.length ?? 0
        draft = draftOf(known[at] ?? emptyColumns(outputs))
      }
      const partition = findPartitionOf(names, nameOf(at), kept.partition)
      if (partition !== undefined) draft.put(partition, kept.made)
    }
  finish()
  return changed
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
