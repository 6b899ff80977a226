import {
  type AssetRange,
  type Computation,
  type EarlierMade,
  type Failure,
  type Fingerprint,
  FreshetError,
  type Graph,
  type Lanes,
  type Mark,
  type Materialization,
  type Published,
  type Recorded,
  type Snapshot,
  type StepRecord,
  type Timeline,
} from "../src/index.ts"
import {
  contentFingerprint,
  findPartition,
  lanesOf,
  lastingPartition,
  runningSums,
} from "../src/index.ts"
import { outputsOf, parseFingerprint, partitionKey } from "../src/index.ts"

/** A ledger in memory: what was recorded, in the order in which it counts, and what readers were shown. */
export interface MemoryLedger {
  readonly records: Kept[]
  readonly steps: StepRecord[]
  readonly published: Map<string, Published>
  /** How many of the records that count more than others there were. */
  seq: number
}

/** One kept materialization; the one with the highest `seq` is the newest of its partition. */
interface Kept {
  seq: number
  readonly asset: string
  /** The key of the partition: places in a set of keys may change. */
  readonly key: string
  readonly record: Recorded
}

/** A ledger in which nothing is recorded. */
export function memoryLedger(): MemoryLedger {
  return { records: [], steps: [], published: new Map(), seq: 0 }
}

/** The ledger as planning sees it. */
export function snapshotOf(ledger: MemoryLedger, graph: Graph): Snapshot {
  const timelines = new Map<string, Timeline>()
  for (const computation of graph.computations) {
    const timeline = timelineOf(attemptsAt(ledger, graph, computation), graph, computation)
    if (timeline !== undefined) timelines.set(computation.name, timeline)
  }
  const position = String(ledger.steps.length)
  return {
    position,
    timelines,
    failures: failuresOf(ledger),
    publications: new Map(ledger.published),
  }
}

/** The records of all outputs of one attempt at one partition. */
interface Attempt {
  seq: number
  readonly partition: number
  readonly records: Recorded[]
}

/** What is kept of one computation, oldest first: of each attempt all outputs, or nothing. */
function attemptsAt(ledger: MemoryLedger, graph: Graph, computation: Computation): Attempt[] {
  const attempts = new Map<string, Attempt>()
  for (const asset of outputsOf(graph, computation)) {
    const names = [asset.name, ...asset.formerly]
    for (const { asset: name, key, seq, record } of ledger.records) {
      const partition = names.includes(name) ? findPartition(asset.partitions, key) : undefined
      if (partition === undefined) continue
      const id = `${partition} ${record.fingerprint}`
      const attempt = attempts.get(id) ?? { seq, partition, records: [] }
      attempt.records.push(record)
      attempts.set(id, attempt)
    }
  }
  return [...attempts.values()]
    .filter(({ records }) => records.length === computation.outputs.length)
    .toSorted((one, other) => one.seq - other.seq)
}

/** What is kept of one computation, as columns. */
function timelineOf(attempts: readonly Attempt[], graph: Graph, computation: Computation) {
  if (attempts.length === 0) return undefined
  const partitions = attempts.map(({ partition }) => partition)
  const from = Math.min(...partitions)
  const length = Math.max(...partitions) - from + 1
  const outputs = computation.outputs.map(() => lanesOf(length))
  const columns = { inputs: lanesOf(length), mark: new Uint16Array(length) }
  const marks: Mark[] = []
  const earlier = new Map<number, EarlierMade[]>()
  const newest = new Map<number, EarlierMade>()
  for (const { partition, records } of attempts) {
    const made = madeOf(graph, computation, partition, records)
    const replaced = newest.get(partition)
    if (replaced !== undefined)
      earlier.set(partition, [replaced, ...(earlier.get(partition) ?? [])])
    newest.set(partition, made)
  }
  for (const [partition, made] of newest) {
    columns.mark[partition - from] = 1 + placeIn(marks, made.mark)
    setLanes(columns.inputs, partition - from, made.input)
    made.outputs.forEach((each, at) => setLanes(outputs[at]!, partition - from, each))
  }
  return { from, length, ...columns, sums: outputs.map(runningSums), marks, earlier }
}

/** Where a mark stands; it is put at the end when it is new. */
function placeIn(marks: Mark[], mark: Mark): number {
  const text = JSON.stringify(mark)
  const place = marks.findIndex((each) => JSON.stringify(each) === text)
  return place < 0 ? marks.push(mark) - 1 : place
}

function madeOf(
  graph: Graph,
  computation: Computation,
  partition: number,
  records: readonly Recorded[],
): EarlierMade {
  const [asset] = outputsOf(graph, computation)
  const lasting = lastingPartition(asset!.partitions, partition)
  return {
    input: parseFingerprint(records[0]!.fingerprint),
    outputs: records.map(({ dataVersion }) => contentFingerprint(lasting, dataVersion)),
    mark: {
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

function failuresOf(ledger: MemoryLedger): Map<string, Map<number, Failure>> {
  const failures = new Map<string, Map<number, Failure>>()
  for (const { computation, partition, outcome, ...step } of ledger.steps) {
    const partitions = failures.get(computation) ?? new Map<number, Failure>()
    failures.set(computation, partitions)
    if (outcome.kind === "made" || outcome.kind === "reused") partitions.delete(partition)
    if (outcome.kind !== "failed" && outcome.kind !== "refused") continue
    const message = outcome.kind === "failed" ? outcome.message : "refused"
    const { run, endedMs: atMs, fingerprint } = step
    const checks = step.checks.filter(({ passed }) => !passed).map(({ name }) => name)
    partitions.set(partition, { run, outcome: outcome.kind, message, checks, atMs, fingerprint })
  }
  return failures
}

/** The kept materializations of some partitions, the newest last. */
export function recordedIn(
  ledger: MemoryLedger,
  graph: Graph,
  wanted: readonly AssetRange[],
): readonly Recorded[] {
  return wanted.flatMap(({ asset: name, range }) => {
    const asset = graph.assets.get(name)!
    const names = [name, ...asset.formerly]
    return ledger.records
      .filter((kept) => names.includes(kept.asset))
      .toSorted((a, b) => a.seq - b.seq)
      .flatMap(({ key, record }) => {
        const partition = findPartition(asset.partitions, key) ?? -Infinity
        const isWanted = range.from <= partition && partition <= range.to
        return isWanted ? [{ ...record, asset: name, partition }] : []
      })
  })
}

/** As the Postgres ledger does: one materialization an (asset, partition, input version), the newest by sequence. */
export function recordStep(ledger: MemoryLedger, graph: Graph, step: StepRecord): void {
  ledger.steps.push(step)
  const seq = (ledger.seq += 1)
  const { kind } = step.outcome
  if (kind === "made")
    for (const made of step.materializations) {
      const { asset } = made
      keep(ledger, { seq, asset, key: keyOf(graph, made), record: recordOf(seq, step, made) })
    }
  if (kind !== "reused" && kind !== "checked") return
  const reused = kind === "reused" ? step.materializations.map(({ asset }) => asset) : []
  for (const asset of new Set([...reused, ...Object.keys(step.checkVersions)])) {
    const old = findKept(ledger, graph, step, asset)
    if (old === undefined) throw new FreshetError("ledger", `${asset} was never recorded`)
    const checked = step.checkVersions[asset] === undefined ? {} : checksOf(step, asset)
    const again = kind === "reused" ? seq : old.seq
    keep(ledger, { ...old, seq: again, record: { ...old.record, ...checked } })
  }
}

function keyOf(graph: Graph, { asset, partition }: Pick<Materialization, "asset" | "partition">) {
  return partitionKey(graph.assets.get(asset)!.partitions, partition)
}

function findKept(ledger: MemoryLedger, graph: Graph, step: StepRecord, asset: string) {
  const names = [asset, ...graph.assets.get(asset)!.formerly]
  const key = keyOf(graph, { asset, partition: step.partition })
  return ledger.records.find(
    (kept) =>
      names.includes(kept.asset) &&
      kept.key === key &&
      kept.record.inputVersion === step.inputVersion,
  )
}

function keep(ledger: MemoryLedger, kept: Kept): void {
  const at = ledger.records.findIndex(
    ({ asset, key, record }) =>
      asset === kept.asset && key === kept.key && record.inputVersion === kept.record.inputVersion,
  )
  if (at >= 0) ledger.records.splice(at, 1)
  ledger.records.push(kept)
}

function recordOf(id: number, step: StepRecord, made: Materialization): Recorded {
  const { startedMs, endedMs: atMs, fingerprint } = step
  const durationMs = atMs - startedMs
  return { ...made, id, fingerprint, atMs, durationMs, ...checksOf(step, made.asset) }
}

function checksOf(step: StepRecord, asset: string) {
  const failed = step.checks.filter((check) => check.asset === asset && !check.passed)
  const failedErrors = failed.filter(({ severity }) => severity === "error").length
  const failedWarnings = failed.length - failedErrors
  return { checkVersion: step.checkVersions[asset] ?? "", failedErrors, failedWarnings }
}

/** Forgets every materialization but the newest of each partition of the assets of a graph. */
export function forgetEarlier(ledger: MemoryLedger, graph: Graph): void {
  for (const asset of graph.assets.values()) {
    const names = [asset.name, ...asset.formerly]
    const own = ledger.records.filter((kept) => names.includes(kept.asset))
    for (const kept of own)
      if (own.some(({ key, seq }) => key === kept.key && seq > kept.seq))
        ledger.records.splice(ledger.records.indexOf(kept), 1)
  }
}
