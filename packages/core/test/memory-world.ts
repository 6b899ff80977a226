import {
  type AssetRange,
  type CheckResult,
  type Computation,
  type ComputeRequest,
  type EarlierMade,
  type Effects,
  type Evaluation,
  type Failure,
  type Fingerprint,
  FreshetError,
  type Graph,
  type Hash,
  type Landing,
  type Lanes,
  type MadeOutput,
  type Mark,
  type ParsedQueries,
  type PartitionRange,
  type Plan,
  type PlanRequest,
  type PublicationRequest,
  type Published,
  type Recorded,
  type Relation,
  type RunEvent,
  type RunOptions,
  type RunResult,
  type Snapshot,
  type StepRecord,
  type Timeline,
} from "../src/index.ts"
import { contentFingerprint, lanesOf, lastingPartition, parseFingerprint } from "../src/index.ts"
import { evaluate, execute, extentsOf, makePlan } from "../src/index.ts"

/** The world in memory: what has landed, what was recorded, what an engine makes of it, and a log of all that was asked of it. */
export interface MemoryWorld {
  nowMs: number
  hash: Hash
  readonly landed: Map<string, Map<number, string>>
  readonly files: Map<string, string>
  readonly records: Kept[]
  readonly steps: StepRecord[]
  readonly published: Map<string, Published>
  readonly publications: PublicationRequest[]
  readonly events: RunEvent[]
  /** What the engine did: `a 2026-01-05`, `check a 2026-01-05`. */
  readonly computed: string[]
  readonly behaviour: Behaviour
  aborted: boolean
}

/** How the engine, the ledger and the publisher of a world behave; each may throw. */
export interface Behaviour {
  rows: (request: ComputeRequest, asset: string, read: (relation: Relation) => string[]) => string
  checks: (asset: string, partition: string) => readonly CheckResult[]
  beforeCompute: (step: string) => Promise<void> | void
  beforeRecord: (record: StepRecord) => Promise<void> | void
  beforeLookup: (wanted: readonly AssetRange[]) => Promise<void> | void
  beforePublish: (request: PublicationRequest) => Promise<void> | void
}

interface Kept {
  seq: number
  readonly asset: string
  readonly partition: number
  readonly record: Recorded
}

/** The hash of tests: the text itself, so that versions can be read. */
export const identity = (text: string): string => text

/** Rows that say what they were made from: `a(x1+x2)`. */
const literalRows: Behaviour["rows"] = (request, asset, read) =>
  `${asset}(${request.relations.flatMap(read).join("+")})`

/** An empty world at an instant. */
export function memoryWorld(nowMs: number, behaviour: Partial<Behaviour> = {}): MemoryWorld {
  return {
    nowMs,
    hash: identity,
    landed: new Map(),
    files: new Map(),
    records: [],
    steps: [],
    published: new Map(),
    publications: [],
    events: [],
    computed: [],
    aborted: false,
    behaviour: {
      rows: literalRows,
      checks: () => [],
      beforeCompute: () => {},
      beforeRecord: () => {},
      beforeLookup: () => {},
      beforePublish: () => {},
      ...behaviour,
    },
  }
}

/** Lands a file for a partition of a source, or replaces it; undefined takes it away. */
export function land(
  world: MemoryWorld,
  source: string,
  partition: number,
  content: string | undefined,
): void {
  const partitions = world.landed.get(source) ?? new Map<number, string>()
  world.landed.set(source, partitions)
  if (content === undefined) partitions.delete(partition)
  else partitions.set(partition, content)
}

/** The landing zone as planning sees it. */
function landingOf(world: MemoryWorld): Landing {
  return new Map(
    [...world.landed].map(([source, partitions]) => [
      source,
      new Map(
        [...partitions].map(([partition, content]) => {
          const path = `${source}/${partition}`
          return [
            partition,
            { files: [{ path, hash: content, bytes: content.length }], version: content },
          ]
        }),
      ),
    ]),
  )
}

/** The ledger as planning sees it. */
export function snapshotOf(world: MemoryWorld, graph: Graph): Snapshot {
  const timelines = new Map<string, Timeline>()
  for (const computation of graph.computations) {
    const timeline = timelineOf(world, graph, computation)
    if (timeline !== undefined) timelines.set(computation.name, timeline)
  }
  const position = String(world.steps.length)
  const publications = new Map(world.published)
  return { position, timelines, failures: failuresOf(world), publications }
}

/** What is kept of one computation, as columns. */
function timelineOf(world: MemoryWorld, graph: Graph, computation: Computation) {
  const attempts = wholeAttempts(world, graph, computation)
  const partitions = attempts.map(([first]) => first!.partition)
  if (partitions.length === 0) return undefined
  const from = Math.min(...partitions)
  const length = Math.max(...partitions) - from + 1
  const outputs = computation.outputs.map(() => lanesOf(length))
  const columns = { inputs: lanesOf(length), mark: new Uint16Array(length), outputs }
  const marks: Mark[] = []
  const earlier = new Map<number, EarlierMade[]>()
  const newest = new Map<number, EarlierMade>()
  for (const records of attempts) {
    const made = madeOf(graph, records)
    const { partition } = records[0]!
    const replaced = newest.get(partition)
    if (replaced !== undefined)
      earlier.set(partition, [...(earlier.get(partition) ?? []), replaced])
    newest.set(partition, made)
  }
  for (const [partition, made] of newest) {
    columns.mark[partition - from] = marks.push(made.mark)
    setLanes(columns.inputs, partition - from, made.input)
    made.outputs.forEach((each, at) => setLanes(outputs[at]!, partition - from, each))
  }
  return { from, length, ...columns, marks, earlier }
}

/** The records of all outputs of one attempt, oldest attempt first. */
function wholeAttempts(world: MemoryWorld, graph: Graph, { outputs }: Computation) {
  const attempts = new Map<string, Recorded[]>()
  for (const { asset } of outputs) {
    const names = [asset, ...(graph.assets.get(asset)?.formerly ?? [])]
    const own = world.records.filter((kept) => names.includes(kept.asset))
    for (const { record } of own.toSorted((a, b) => a.seq - b.seq)) {
      const key = `${record.partition} ${record.fingerprint}`
      attempts.set(key, [...(attempts.get(key) ?? []), record])
    }
  }
  const seqOf = ([first]: Recorded[]) => world.records.find(({ record }) => record === first)!.seq
  return [...attempts.values()]
    .filter(({ length }) => length === outputs.length)
    .toSorted((a, b) => seqOf(a) - seqOf(b))
}

function madeOf(graph: Graph, records: readonly Recorded[]): EarlierMade {
  const [first] = records
  return {
    input: parseFingerprint(first!.fingerprint),
    outputs: records.map(({ asset, partition, dataVersion }) => {
      const found = [...graph.assets.values()].find((each) =>
        [each.name, ...each.formerly].includes(asset),
      )
      return contentFingerprint(lastingPartition(found!.partitions, partition), dataVersion)
    }),
    mark: {
      codeVersion: first!.codeVersion,
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

function failuresOf(world: MemoryWorld): Map<string, Map<number, Failure>> {
  const failures = new Map<string, Map<number, Failure>>()
  for (const { computation, partition, outcome, ...step } of world.steps) {
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

/** The state of a graph in a world. */
export function evaluateIn(
  world: MemoryWorld,
  graph: Graph,
  parsed: ParsedQueries = new Map(),
): Evaluation {
  const landing = landingOf(world)
  const extents = extentsOf(graph, landing, world.nowMs)
  return evaluate({ graph, landing, extents }, snapshotOf(world, graph), parsed, world.hash)
}

/** Every partition of every asset. */
export function everything(evaluation: Evaluation, publish = true): PlanRequest {
  const targets = [...evaluation.extents].flatMap(([name, range]) =>
    evaluation.graph.assets.get(name)?.kind === "asset" ? [[name, [range]] as const] : [],
  )
  return { targets: new Map(targets), publish }
}

/** Plans and performs; by default everything. */
export async function run(
  world: MemoryWorld,
  graph: Graph,
  request: (evaluation: Evaluation) => PlanRequest = everything,
  options: Partial<RunOptions> = {},
): Promise<RunResult & { readonly plan: Plan }> {
  const evaluation = evaluateIn(world, graph)
  const plan = makePlan(evaluation, request(evaluation), world.hash)
  const all = { command: "freshet materialize", concurrency: 1, failFast: false, ...options }
  return { ...(await execute(evaluation, plan, effectsOf(world, graph), all)), plan }
}

/** The effects of a world. */
function effectsOf(world: MemoryWorld, graph: Graph): Effects {
  let runs = world.steps.length
  return {
    nowMs: () => world.nowMs,
    hash: world.hash,
    newId: () => `run ${(runs += 1)}`,
    emit: (event) => world.events.push(event),
    signal: {
      get aborted() {
        return world.aborted
      },
    },
    engine: engineOf(world),
    ledger: {
      beginRun: async () => {},
      endRun: async () => {},
      recordStep: async (record) => {
        await world.behaviour.beforeRecord(record)
        recordStep(world, record)
      },
      recorded: async (wanted) => {
        await world.behaviour.beforeLookup(wanted)
        return recordedIn(world, graph, wanted)
      },
    },
    publisher: {
      publish: async (request) => {
        await world.behaviour.beforePublish(request)
        const { set, partition, partitionKey, version } = request
        world.publications.push(request)
        world.published.set(set, { set, partition, partitionKey, version, atMs: world.nowMs })
        return []
      },
    },
  }
}

function recordedIn(world: MemoryWorld, graph: Graph, wanted: readonly AssetRange[]) {
  return wanted.flatMap(({ asset, range }) => {
    const names = [asset, ...(graph.assets.get(asset)?.formerly ?? [])]
    return world.records
      .filter((kept) => names.includes(kept.asset) && isIn(range, kept.partition))
      .toSorted((a, b) => a.seq - b.seq)
      .map(({ record }) => ({ ...record, asset }))
  })
}

function isIn({ from, to }: PartitionRange, index: number): boolean {
  return from <= index && index <= to
}

function engineOf(world: MemoryWorld): Effects["engine"] {
  return {
    compute: async (request, progress) => {
      const step = `${request.computation.name} ${request.partition}`
      world.computed.push(step)
      await world.behaviour.beforeCompute(step)
      progress(1)
      const names = request.outputs.map((output) => output.name)
      const checks = names.flatMap((name) => world.behaviour.checks(name, request.partition))
      const outputs = names.map((name) => storeRows(world, request, name))
      const refused = checks.some((check) => !check.passed && check.severity === "error")
      const kept = outputs.map(({ file }) => file)
      if (refused) return { kind: "refused", kept, checks, lineCounts: [] }
      return { kind: "made", outputs, checks, lineCounts: [] }
    },
    rederive: async (request) =>
      request.outputs.map(({ name: asset }) => ({
        asset,
        rows: 1,
        dataVersion: world.behaviour.rows(request, asset, (relation) => contents(world, relation)),
      })),
    contentOf: async (_, file) => world.files.get(file),
    check: async ({ asset, day }) => {
      world.computed.push(`check ${asset.name} ${day}`)
      return world.behaviour.checks(asset.name, day)
    },
  }
}

function storeRows(world: MemoryWorld, request: ComputeRequest, asset: string): MadeOutput {
  const file = `${asset}/${request.partition}/${world.files.size}.parquet`
  const rows = world.behaviour.rows(request, asset, (relation) => contents(world, relation))
  world.files.set(file, rows)
  return { asset, dataVersion: rows, file, rows: 1, bytes: 1 }
}

/** What a relation holds, oldest partition first; a file that does not exist is a fault of the executor. */
function contents(world: MemoryWorld, relation: Relation): string[] {
  if (relation.kind === "landed")
    return relation.partitions.flatMap(({ files }) => files.map(({ hash }) => hash))
  return relation.files.map((file) => {
    const rows = world.files.get(file)
    if (rows === undefined) throw new FreshetError("store", `${file} does not exist`)
    return rows
  })
}

function findKept(world: MemoryWorld, asset: string, partition: number, inputVersion: string) {
  return world.records.find(
    (kept) =>
      kept.asset === asset &&
      kept.partition === partition &&
      kept.record.inputVersion === inputVersion,
  )
}

/** As the Postgres ledger does: one materialization an (asset, partition, input version), the newest by sequence. */
function recordStep(world: MemoryWorld, step: StepRecord): void {
  const seq = world.steps.push(step)
  for (const made of step.outcome.kind === "made" ? step.materializations : [])
    keep(world, {
      seq,
      asset: made.asset,
      partition: made.partition,
      record: recordOf(seq, step, made),
    })
  if (step.outcome.kind !== "reused" && step.outcome.kind !== "checked") return
  const reused = step.outcome.kind === "reused" ? step.materializations.map((m) => m.asset) : []
  for (const asset of new Set([...reused, ...Object.keys(step.checkVersions)])) {
    const old = findKept(world, asset, step.partition, step.inputVersion)
    if (old === undefined) throw new FreshetError("ledger", `${asset} was never recorded`)
    const checked = step.checkVersions[asset] === undefined ? {} : checksOf(step, asset)
    const again = step.outcome.kind === "reused" ? seq : old.seq
    keep(world, { ...old, seq: again, record: { ...old.record, ...checked } })
  }
}

function keep(world: MemoryWorld, kept: Kept): void {
  const old = findKept(world, kept.asset, kept.partition, kept.record.inputVersion)
  if (old !== undefined) world.records.splice(world.records.indexOf(old), 1)
  world.records.push(kept)
}

function recordOf(
  id: number,
  step: StepRecord,
  made: StepRecord["materializations"][number],
): Recorded {
  const { startedMs, endedMs: atMs } = step
  const { asset, partition, codeVersion, inputVersion, dataVersion, file, rows, bytes } = made
  const { fingerprint } = step
  const versions = { asset, partition, codeVersion, inputVersion, fingerprint, dataVersion }
  const durationMs = atMs - startedMs
  const checked = checksOf(step, made.asset)
  return { id, ...versions, file, rows, bytes, atMs, durationMs, ...checked }
}

function checksOf(step: StepRecord, asset: string) {
  const failed = step.checks.filter((check) => check.asset === asset && !check.passed)
  const failedErrors = failed.filter(({ severity }) => severity === "error").length
  const failedWarnings = failed.length - failedErrors
  return { checkVersion: step.checkVersions[asset] ?? "", failedErrors, failedWarnings }
}
