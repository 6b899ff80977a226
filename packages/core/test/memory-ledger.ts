import {
  FreshetError,
  findAssetByStableName,
  findPartition,
  formatPartitionKey,
  getOutputs,
  getPartitions,
  type AssetRange,
  type Computation,
  type Failure,
  type Graph,
  type LedgerSnapshot,
  type Materialization,
  type PartitionRange,
  type MaterializationRecord,
  type ReadVersions,
  type SetPublication,
  type StepRecord,
  type TablePublication,
} from "../src/engine.ts"
import {
  type StoredPartition,
  type StoredRecord,
  buildHistories,
  definePartitions,
  findStoredPartition,
  listNames,
} from "./memory-history.ts"

/** A ledger in memory: the retained materializations in order of `seq`, the steps and the publications. */
export interface MemoryLedger {
  readonly records: StoredRecord[]
  readonly steps: StepRecord[]
  /** Publication set → its last publication. */
  readonly published: Map<string, SetPublication>
  /** Published table → its content. */
  readonly tables: Map<object, MemoryTable>
  /** The wiped partitions, each with the number of steps before it. */
  readonly removed: (StoredPartition & { readonly steps: number })[]
  /** The definitions of the partitions of each step and of its reads. */
  readonly definitions: StepDefinitions[]
  /** Asset → the previous names whose records have moved to it. */
  readonly followedNames: Map<string, ReadonlySet<string>>
  /** The highest `seq` so far. */
  sequence: number
}

/** The content of a published table: key of the partition → data version. */
interface MemoryTable {
  readonly asset: string
  readonly contents: ReadonlyMap<string, string>
  readonly atMs: number
}

interface StepDefinitions {
  readonly partitions: string
  readonly reads: readonly string[]
}

/** Creates an empty ledger. */
export function createMemoryLedger(): MemoryLedger {
  return {
    records: [],
    steps: [],
    published: new Map(),
    tables: new Map(),
    removed: [],
    definitions: [],
    followedNames: new Map(),
    sequence: 0,
  }
}

/** Builds the snapshot of a ledger. */
export function toSnapshot(ledger: MemoryLedger, graph: Graph): LedgerSnapshot {
  const version = String(ledger.steps.length)
  return {
    version,
    histories: buildHistories(ledger.records, graph),
    failures: listFailures(ledger, graph),
    publications: toTablePublications(ledger, graph),
    firstRuns: new Map(),
  }
}

function toTablePublications(ledger: MemoryLedger, graph: Graph): LedgerSnapshot["publications"] {
  const publications = new Map<string, TablePublication>()
  for (const asset of graph.assets.values()) {
    if (asset.kind === "source" || asset.publish === undefined) continue
    const table = ledger.tables.get(asset.publish.table)
    if (table === undefined) continue
    const partitions = [...table.contents].map(([key, dataVersion]) => {
      return {
        key,
        partition: findPartition(asset.partitions, key),
        dataVersion,
        file: dataVersion,
      }
    })
    const current = listNames(graph, asset).includes(table.asset) ? asset.name : table.asset
    publications.set(asset.name, { asset: current, partitions, atMs: table.atMs })
  }
  return publications
}

/** Lists the steps after a number of steps that were recorded with the present partitions of their computation. */
function listPresentSteps(
  { steps, definitions }: MemoryLedger,
  graph: Graph,
  after = 0,
): readonly StepRecord[] {
  const present = new Map(
    graph.computations.map((computation) => [
      computation.name,
      definePartitions(getPartitions(graph, computation)),
    ]),
  )
  return steps.filter(({ computation }, at) => {
    const { partitions } = definitions[at]!
    return at >= after && (present.get(computation) ?? partitions) === partitions
  })
}

function listFailures(ledger: MemoryLedger, graph: Graph): Map<string, Map<number, Failure>> {
  const failures = new Map<string, Map<number, Failure>>()
  for (const { computation, partition, outcome, ...step } of listPresentSteps(ledger, graph)) {
    const partitions = failures.get(computation) ?? new Map<number, Failure>()
    failures.set(computation, partitions)
    if (outcome.kind === "materialized" || outcome.kind === "reused") partitions.delete(partition)
    if (outcome.kind !== "failed" && outcome.kind !== "checks_failed") continue
    const message = outcome.kind === "failed" ? outcome.message : "checks_failed"
    const { run, endedMs: atMs, fingerprint } = step
    const checks = step.checks.filter(({ passed }) => !passed).map(({ name }) => name)
    partitions.set(partition, { run, outcome: outcome.kind, message, checks, atMs, fingerprint })
  }
  return failures
}

/** The retained materializations of some partitions, the newest last. */
export function findRecords(
  ledger: MemoryLedger,
  graph: Graph,
  ranges: readonly AssetRange[],
): readonly MaterializationRecord[] {
  return ranges.flatMap(({ asset: name, range }) => {
    const asset = graph.assets.get(name)!
    const names = listNames(graph, asset)
    return ledger.records
      .filter((stored) => names.includes(stored.asset))
      .toSorted((one, other) => one.sequence - other.sequence)
      .flatMap(({ record, ...stored }) => {
        const partition = findStoredPartition(asset, stored) ?? -Infinity
        const isWanted = range.from <= partition && partition <= range.to
        return isWanted ? [{ ...record, asset: name, partition }] : []
      })
  })
}

/** The recorded reads of the newest materialization of a partition. */
export function findReads(
  ledger: MemoryLedger,
  graph: Graph,
  computation: Computation,
  partition: number,
): readonly ReadVersions[] {
  const asset = computation.outputs[0]!.asset
  const newest = findRecords(ledger, graph, [{ asset, range: { from: partition, to: partition } }])
  const inputVersion = newest.at(-1)?.inputVersion
  const at = ledger.steps.findLastIndex(
    ({ outcome, ...recorded }) =>
      recorded.inputVersion === inputVersion && outcome.kind === "materialized",
  )
  const { reads = [] } = ledger.steps[at] ?? {}
  const definitions = ledger.definitions[at]?.reads ?? []
  return reads.map((read, place) =>
    definitions[place] === defineUpstream(graph, read) ? read : { ...read, versions: [] },
  )
}

/** The present definition of the partitions that a read reads. */
function defineUpstream(graph: Graph, { asset }: ReadVersions): string {
  return definePartitions(findAssetByStableName(graph, asset)?.partitions ?? { kind: "none" })
}

/** Records a step as the Postgres ledger does: one materialization per asset, partition and input version; the newest has the highest `seq`. */
export function recordStep(ledger: MemoryLedger, graph: Graph, step: StepRecord): void {
  ledger.steps.push(step)
  const computation = graph.computations.find(({ name }) => name === step.computation)!
  ledger.definitions.push({
    partitions: definePartitions(getPartitions(graph, computation)),
    reads: step.reads.map((read) => defineUpstream(graph, read)),
  })
  const sequence = (ledger.sequence += 1)
  const { kind } = step.outcome
  if (kind === "materialized")
    for (const materialization of step.materializations) {
      store(ledger, {
        sequence,
        ...toStoredPartition(graph, materialization),
        record: toRecord(sequence, step, materialization),
      })
    }
  if (kind !== "reused" && kind !== "checked") return
  const reused = kind === "reused" ? step.materializations.map(({ asset }) => asset) : []
  for (const asset of new Set([...reused, ...Object.keys(step.checkVersions)])) {
    const stored = findStored(ledger, graph, step, asset)
    if (stored === undefined) throw new FreshetError("ledger", `${asset} was never recorded`)
    const checkResults =
      step.checkVersions[asset] === undefined ? {} : countFailedChecks(step, asset)
    const newSequence = kind === "reused" ? sequence : stored.sequence
    store(ledger, {
      ...stored,
      sequence: newSequence,
      record: { ...stored.record, ...checkResults },
    })
  }
}

/** Names a partition as it is stored: by its key and the definition of its asset's partitions. */
export function toStoredPartition(
  graph: Graph,
  { asset, partition }: Pick<Materialization, "asset" | "partition">,
): StoredPartition {
  const { partitions } = graph.assets.get(asset)!
  const definition = definePartitions(partitions)
  return { asset, key: formatPartitionKey(partitions, partition), definition }
}

function findStored(ledger: MemoryLedger, graph: Graph, step: StepRecord, asset: string) {
  const names = listNames(graph, graph.assets.get(asset)!)
  const { key, definition } = toStoredPartition(graph, { asset, partition: step.partition })
  return ledger.records.find(
    (stored) =>
      names.includes(stored.asset) &&
      stored.key === key &&
      stored.definition === definition &&
      stored.record.inputVersion === step.inputVersion,
  )
}

function store(ledger: MemoryLedger, stored: StoredRecord): void {
  const at = ledger.records.findIndex(
    ({ asset, key, definition, record }) =>
      asset === stored.asset &&
      key === stored.key &&
      definition === stored.definition &&
      record.inputVersion === stored.record.inputVersion,
  )
  if (at >= 0) ledger.records.splice(at, 1)
  ledger.records.push(stored)
}

function toRecord(
  id: number,
  step: StepRecord,
  materialization: Materialization,
): MaterializationRecord {
  const { startedMs, endedMs: atMs, fingerprint } = step
  const durationMs = atMs - startedMs
  return {
    ...materialization,
    id,
    fingerprint,
    atMs,
    durationMs,
    ...countFailedChecks(step, materialization.asset),
  }
}

function countFailedChecks(step: StepRecord, asset: string) {
  const failed = step.checks.filter((check) => check.asset === asset && !check.passed)
  const failedErrors = failed.filter(({ severity }) => severity === "error").length
  const failedWarnings = failed.length - failedErrors
  return { checkVersion: step.checkVersions[asset] ?? "", failedErrors, failedWarnings }
}

/** Removes every materialization but the newest of each partition of a graph's assets. */
export function wipeEarlier(ledger: MemoryLedger, graph: Graph): void {
  for (const asset of graph.assets.values()) {
    const names = listNames(graph, asset)
    const stored = ledger.records.filter((candidate) => names.includes(candidate.asset))
    for (const record of stored)
      if (
        stored.some(
          ({ key, definition, sequence }) =>
            key === record.key && definition === record.definition && sequence > record.sequence,
        )
      ) {
        ledger.records.splice(ledger.records.indexOf(record), 1)
        ledger.removed.push({ ...record, steps: ledger.steps.length })
      }
  }
}

/** Finds the partitions that were recorded, checked or wiped after a number of steps, by computation. */
export function findTouchedSince(
  ledger: MemoryLedger,
  graph: Graph,
  steps: number,
): ReadonlyMap<string, readonly PartitionRange[]> {
  const touched = new Map<string, PartitionRange[]>()
  const add = (computation: string, partition: number): void => {
    const range = { from: partition, to: partition }
    touched.set(computation, [...(touched.get(computation) ?? []), range])
  }
  for (const { computation, partition } of listPresentSteps(ledger, graph, steps))
    add(computation, partition)
  for (const { asset: name, ...stored } of ledger.removed.filter((wiped) => wiped.steps >= steps))
    for (const computation of graph.computations)
      for (const asset of getOutputs(graph, computation)) {
        const at = findStoredPartition(asset, stored)
        const isOutput = listNames(graph, asset).includes(name)
        if (isOutput && at !== undefined) add(computation.name, at)
      }
  return touched
}
