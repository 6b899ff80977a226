import {
  type Computation,
  joinRanges,
  type MaterializationHistory,
  type PartitionRange,
} from "@freshet/core/engine"
import type { Client } from "pg"

import { createHistoryBuilder, createEmptyColumns, type HistoryColumns } from "./history-columns.ts"
import { type HistoryBuilder, toHistory } from "./history-columns.ts"
import { findPartitionById, type LedgerNames, listRecordedBounds } from "./ledger-names.ts"
import { listNames, getCurrentName, findStaticKeys } from "./ledger-names.ts"
import { readPartitionHistories, type RowsRequest } from "./partition-histories.ts"
import type { LedgerState } from "./state-file.ts"

/** A recorded partition of an asset, as the ledger names both. */
export interface RecordedPartition {
  readonly asset: string
  readonly partition: number
}

/** The histories of all declared computations, for planning and for the state file. */
export interface Histories {
  readonly histories: ReadonlyMap<string, MaterializationHistory>
  /** Shape of a computation's declaration → its columns. */
  readonly columns: LedgerState["histories"]
  /** True if the state lacks a computation. */
  readonly isIncomplete: boolean
}

/** The changes since a state was written. */
export interface LedgerChanges {
  readonly changedPartitions: readonly RecordedPartition[]
  /** The partitions with wiped materializations. */
  readonly wipedPartitions: readonly RecordedPartition[]
}

/** Builds the histories from a state and the changes since. A computation that the state lacks is read whole. */
export async function readHistories(
  client: Client,
  names: LedgerNames,
  state: LedgerState | undefined,
  { changedPartitions, wipedPartitions }: LedgerChanges,
): Promise<Histories> {
  const { computations } = names.graph
  const shapes = computations.map((computation) => buildShape(names, computation))
  const baseColumns = shapes.map((shape) => state?.histories.get(shape))
  const wipedByComputation = groupByComputation(names, wipedPartitions)
  const rangesByComputation = listChangedRanges(names, baseColumns, [
    groupByComputation(names, changedPartitions),
    wipedByComputation,
  ])
  const changedColumns = await readChangedColumns(client, names, baseColumns, {
    rangesByComputation,
    wipedByComputation,
  })
  const columns = computations.map(
    ({ outputs }, at) =>
      changedColumns.get(at) ?? baseColumns[at] ?? createEmptyColumns(outputs.length),
  )
  const histories = new Map<string, MaterializationHistory>()
  const columnsByShape = new Map<string, HistoryColumns>()
  for (const [at, historyColumns] of columns.entries()) {
    histories.set(computations[at]?.name ?? "", toHistory(historyColumns))
    columnsByShape.set(shapes[at] ?? "", historyColumns)
  }
  return { histories, columns: columnsByShape, isIncomplete: baseColumns.includes(undefined) }
}

/** Builds the part of a computation's declaration that decides how its rows become a history. */
function buildShape(names: LedgerNames, { name, outputs }: Computation): string {
  const assets = listOutputs(names, outputs)
  const [first] = assets
  const isSimple = assets.length === 1 && first?.name === name && first.previousNames.length === 0
  const keys = first && findStaticKeys(first.partitions)
  const offset = names.blocks.get(first?.name ?? "")?.offset
  if (isSimple && keys === undefined && offset === 0) return name
  const assetNames = assets.map((asset) => listNames(names, asset))
  return JSON.stringify([name, assetNames, keys ?? null, offset ?? null])
}

function listOutputs({ graph }: LedgerNames, outputs: Computation["outputs"]) {
  return outputs.flatMap(({ asset }) => graph.assets.get(asset) ?? [])
}

/** Index of a computation → its recorded partitions. */
type PartitionIds = ReadonlyMap<number, readonly number[]>

function groupByComputation(
  names: LedgerNames,
  recordedPartitions: readonly RecordedPartition[],
): PartitionIds {
  const idsByComputation = new Map<number, number[]>()
  const computationIndexes =
    recordedPartitions.length === 0 ? new Map<string, number>() : mapComputationIndexes(names)
  for (const { asset, partition } of recordedPartitions) {
    const at = computationIndexes.get(getCurrentName(names, asset))
    if (at === undefined) continue
    const partitions = idsByComputation.get(at)
    if (partitions === undefined) idsByComputation.set(at, [partition])
    else partitions.push(partition)
  }
  return idsByComputation
}

/** Lists the recorded partitions to read: index of a computation → ranges. */
function listChangedRanges(
  names: LedgerNames,
  baseColumns: readonly (HistoryColumns | undefined)[],
  changes: readonly PartitionIds[],
): ReadonlyMap<number, readonly PartitionRange[]> {
  const ranges = new Map<number, readonly PartitionRange[]>()
  for (const [at, columns] of baseColumns.entries()) {
    const partitions = changes.flatMap((change) => change.get(at) ?? [])
    if (columns === undefined) ranges.set(at, listRecordedBounds(names, getFirstOutput(names, at)))
    else if (partitions.length > 0)
      ranges.set(at, joinRanges(partitions.map((id) => ({ from: id, to: id }))))
  }
  return ranges
}

/** Maps assets to the indexes of their computations. */
function mapComputationIndexes({ graph }: LedgerNames): ReadonlyMap<string, number> {
  return new Map(
    graph.computations.flatMap(({ outputs }, at) => outputs.map(({ asset }) => [asset, at])),
  )
}

/** Finds the partitions of changed or wiped records, by computation. */
export function findTouchedPartitions(
  names: LedgerNames,
  { changedPartitions, wipedPartitions }: LedgerChanges,
): ReadonlyMap<string, readonly PartitionRange[]> {
  const recordedByComputation = groupByComputation(names, [
    ...changedPartitions,
    ...wipedPartitions,
  ])
  return new Map(
    [...recordedByComputation].map(([at, recorded]) => {
      const partitions = recorded.flatMap(
        (id) => findPartitionById(names, getFirstOutput(names, at), id) ?? [],
      )
      const ranges = partitions.map((partition) => ({ from: partition, to: partition }))
      return [names.graph.computations[at]?.name ?? "", joinRanges(ranges)]
    }),
  )
}

interface ChangedPartitions {
  readonly rangesByComputation: ReadonlyMap<number, readonly PartitionRange[]>
  /** The partitions with wiped materializations: one that is not found has no retained materialization. */
  readonly wipedByComputation: PartitionIds
}

async function readChangedColumns(
  client: Client,
  names: LedgerNames,
  baseColumns: readonly (HistoryColumns | undefined)[],
  { rangesByComputation, wipedByComputation }: ChangedPartitions,
): Promise<ReadonlyMap<number, HistoryColumns>> {
  const changedColumns = new Map<number, HistoryColumns>()
  const unseenWiped = new Map(
    [...wipedByComputation].map(([at, partitions]) => [at, new Set(partitions)]),
  )
  let historyChange: HistoryChange | undefined
  const finish = () => {
    if (historyChange === undefined) return
    for (const partition of unseenWiped.get(historyChange.computationIndex) ?? [])
      historyChange.put(partition, [])
    unseenWiped.delete(historyChange.computationIndex)
    changedColumns.set(historyChange.computationIndex, historyChange.finish())
  }
  const requests = [...rangesByComputation].flatMap(([at, ranges]) =>
    ranges.map((r) => toRowsRequest(names, at, r)),
  )
  const findName = ({ computationIndex }: RowsRequest, id: number) =>
    findContentName(names, getFirstOutput(names, computationIndex), id)
  for await (const group of readPartitionHistories(client, requests, findName))
    for (const { computationIndex, partition, entries } of group) {
      if (historyChange?.computationIndex !== computationIndex) {
        finish()
        historyChange = createHistoryChange(names, baseColumns, computationIndex)
      }
      unseenWiped.get(computationIndex)?.delete(partition)
      historyChange.put(partition, entries)
    }
  finish()
  for (const at of unseenWiped.keys()) {
    historyChange = createHistoryChange(names, baseColumns, at)
    finish()
  }
  return changedColumns
}

/** A history under change, by the partitions' numbers in the ledger. */
interface HistoryChange extends HistoryBuilder {
  readonly computationIndex: number
}

function createHistoryChange(
  names: LedgerNames,
  baseColumns: readonly (HistoryColumns | undefined)[],
  at: number,
): HistoryChange {
  const outputs = names.graph.computations[at]?.outputs.length ?? 0
  const { put, finish } = createHistoryBuilder(baseColumns[at] ?? createEmptyColumns(outputs))
  return {
    computationIndex: at,
    put: (partitionId, entries) => {
      const partition = findPartitionById(names, getFirstOutput(names, at), partitionId)
      if (partition !== undefined) put(partition, entries)
    },
    finish,
  }
}

function getFirstOutput({ graph }: LedgerNames, at: number): string {
  return graph.computations[at]?.outputs[0]?.asset ?? ""
}

function toRowsRequest(names: LedgerNames, at: number, { from, to }: PartitionRange): RowsRequest {
  const outputs = names.graph.computations[at]?.outputs ?? []
  const all = listOutputs(names, outputs).map((asset) => listNames(names, asset))
  return { computationIndex: at, outputs: all, low: from, high: to }
}

/** Identifies content by the key of a static partition, since its position may change, and by the index of other partitions. */
function findContentName(
  names: LedgerNames,
  asset: string,
  id: number,
): number | string | undefined {
  const partition = findPartitionById(names, asset, id)
  const declaredAsset = names.graph.assets.get(asset)
  const keys = declaredAsset && findStaticKeys(declaredAsset.partitions)
  return keys === undefined || partition === undefined ? partition : keys[partition]
}
