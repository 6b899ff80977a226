import {
  FreshetError,
  buildPlan,
  buildRecordedInputs,
  countStates,
  evaluate,
  execute,
  findPartitionBounds,
  getAsset,
  listPartitions,
  listUnexplainedPartitions,
  listSteps,
  proveFreshness,
  type AssetRange,
  type AttemptRecord,
  type CheckResult,
  type ComputeRequest,
  type RunEffects,
  type Evaluation,
  type FreshnessProof,
  type Graph,
  type Hash,
  type Landing,
  type LogMessage,
  type LogRecord,
  type MaterializedOutput,
  type ParsedQueries,
  type Plan,
  type PlanRequest,
  type PublicationRequest,
  type ReadVersions,
  type Relation,
  type RecordedInputs,
  getPriority,
  type RunDescription,
  type RunEvent,
  type RunOptions,
  type RunResult,
  type StateCounts,
  type LedgerSnapshot,
  type StepRecord,
  type Timer,
} from "../src/engine.ts"
import { stallMs } from "../src/execute/wait.ts"
import { afterDay, day } from "./declarations.ts"
import {
  type MemoryClaims,
  type MemoryPriorities,
  type MemoryWaits,
  createClaimRecords,
  formatStepClaim,
  hasClaim,
  release,
  releaseAll,
} from "./memory-claims.ts"
import {
  type MemoryLedger,
  createMemoryLedger,
  recordStep,
  findReads,
  findRecords,
  toSnapshot,
  findTouchedSince,
} from "./memory-ledger.ts"

/** A project in memory: its landing zone, ledger, store and engine, with a log of the engine's work. */
export interface MemoryProject extends MemoryLedger {
  nowMs: number
  hash: Hash
  readonly landed: Map<string, Map<number, string>>
  readonly files: Map<string, string>
  readonly publications: PublicationRequest[]
  readonly events: RunEvent[]
  readonly attempts: AttemptRecord[]
  readonly logs: LogRecord[]
  /** The work of the engine: `a 2026-01-05`, `check a 2026-01-05`. */
  readonly computed: string[]
  /** The steps that the engine computed without a claim of their run. */
  readonly unclaimed: string[]
  readonly behaviour: Behaviour
  readonly claims: MemoryClaims
  readonly priorities: MemoryPriorities
  readonly waits: MemoryWaits
  /** The number of runs. */
  runs: number
  aborted: boolean
  /** The newest stored proof, and the number of steps before it. */
  proof: FreshnessProof | undefined
  provenSteps: number
  /** True: proofs are stored. */
  storesProofs: boolean
  /** The number of input versions that were computed to prove evaluations. */
  verified: number
}

/** The behaviour of a project's engine, ledger and publisher; each function may throw. */
export interface Behaviour {
  rows: (request: ComputeRequest, asset: string, read: (relation: Relation) => string[]) => string
  checks: (
    asset: string,
    partition: string,
    rows: string,
    relations: readonly RelationRows[],
  ) => readonly CheckResult[]
  /** The size of a landed file. */
  bytes: (content: string) => number
  beforeCompute: (step: string, log?: (message: LogMessage) => void) => Promise<void> | void
  beforeRecord: (record: StepRecord) => Promise<void> | void
  beforeRecordLog: (record: LogRecord) => Promise<void> | void
  beforeLookup: (ranges: readonly AssetRange[]) => Promise<void> | void
  beforePublish: (request: PublicationRequest) => Promise<void> | void
  /** Called for each pause before a further attempt; the pause ends when its result resolves or when it is cancelled. */
  pause: (ms: number) => Promise<void> | void
  /** Called when a run can start no step, although it has a free slot; the run is stalled when its result resolves. */
  stall: () => Promise<void>
}

/** A relation with its rows, oldest partition first. */
export interface RelationRows {
  readonly relation: Relation
  readonly rows: string[]
}

/** The hash of tests: the text itself, so that versions are readable. */
export const identity = (text: string): string => text

/** Formats rows as the inputs of their computation: `a(x1+x2)`. */
const formatRows: Behaviour["rows"] = (request, asset, read) =>
  `${asset}(${request.relations.flatMap(read).join("+")})`

/** Creates an empty project at an instant. */
export function createMemoryProject(
  nowMs: number,
  behaviour: Partial<Behaviour> = {},
): MemoryProject {
  return {
    ...createMemoryLedger(),
    nowMs,
    hash: identity,
    landed: new Map(),
    files: new Map(),
    publications: [],
    events: [],
    attempts: [],
    logs: [],
    computed: [],
    unclaimed: [],
    claims: new Map(),
    priorities: new Map(),
    waits: new Map(),
    runs: 0,
    aborted: false,
    proof: undefined,
    provenSteps: 0,
    storesProofs: true,
    verified: 0,
    behaviour: {
      rows: formatRows,
      checks: () => [],
      bytes: ({ length }) => length,
      beforeCompute: () => {},
      beforeRecord: () => {},
      beforeRecordLog: () => {},
      beforeLookup: () => {},
      beforePublish: () => {},
      pause: () => {},
      stall: () => new Promise(() => {}),
      ...behaviour,
    },
  }
}

/** Creates a project at the end of day `lastDay` of January 2026 in which `raw` has landed these days: `r5` on day 5. */
export function createProjectWithDays(
  days: readonly number[],
  behaviour: Partial<Behaviour> = {},
  lastDay = 20,
): MemoryProject {
  const project = createMemoryProject(afterDay(lastDay), behaviour)
  for (const dayOfMonth of days) land(project, "raw", day(dayOfMonth), `r${dayOfMonth}`)
  return project
}

/** Lands a file for a partition of a source, or replaces it; undefined removes it. */
export function land(
  project: MemoryProject,
  source: string,
  partition: number,
  content: string | undefined,
): void {
  const partitions = project.landed.get(source) ?? new Map<number, string>()
  project.landed.set(source, partitions)
  if (content === undefined) partitions.delete(partition)
  else partitions.set(partition, content)
}

/** The landing zone as evaluation reads it. */
function toLanding(project: MemoryProject): Landing {
  return new Map(
    [...project.landed].map(([source, partitions]) => [
      source,
      new Map(
        [...partitions].map(([partition, content]) => {
          const path = `${source}/${partition}`
          return [
            partition,
            {
              files: [{ path, hash: content, bytes: project.behaviour.bytes(content) }],
              version: content,
            },
          ]
        }),
      ),
    ]),
  )
}

/** Evaluates a graph in a project by fingerprints alone. */
export function evaluateProject(
  project: MemoryProject,
  graph: Graph,
  parsed: ParsedQueries = new Map(),
): Evaluation {
  return createEvaluator(project, graph, parsed)(toSnapshot(project, graph))
}

function createEvaluator(project: MemoryProject, graph: Graph, parsed: ParsedQueries) {
  const landing = toLanding(project)
  const evaluateWith = (snapshot: LedgerSnapshot, recordedInputs?: RecordedInputs) => {
    const bounds = findPartitionBounds(graph, landing, project.nowMs, recordedInputs)
    const inputs = { graph, landing, bounds, ...recordedInputs }
    return evaluate(inputs, snapshot, parsed, project.hash)
  }
  return (snapshot: LedgerSnapshot) => {
    const recordedReads = new Map<string, Map<number, readonly ReadVersions[]>>()
    let evaluation = evaluateWith(snapshot)
    while (addReads(project, recordedReads, evaluation))
      evaluation = evaluateWith(snapshot, buildRecordedInputs(evaluation, recordedReads))
    return evaluation
  }
}

/** Adds the recorded reads of the candidates of an evaluation. Returns whether there were new ones. */
function addReads(
  project: MemoryProject,
  recordedReads: Map<string, Map<number, readonly ReadVersions[]>>,
  evaluation: Evaluation,
): boolean {
  let isAny = false
  for (const { computation, ranges } of listUnexplainedPartitions(evaluation)) {
    const reads = recordedReads.get(computation.name) ?? new Map()
    recordedReads.set(computation.name, reads)
    for (const partition of listPartitions(ranges)) {
      if (reads.has(partition)) continue
      reads.set(partition, findReads(project, evaluation.graph, computation, partition))
      isAny = true
    }
  }
  return isAny
}

/** Evaluates a graph in a project, and proves the fresh partitions. */
export async function proveProject(
  project: MemoryProject,
  graph: Graph,
  parsed: ParsedQueries = new Map(),
): Promise<Evaluation> {
  const { evaluation, proof, verified } = await proveFreshness(
    createEvaluator(project, graph, parsed),
    toSnapshot(project, graph),
    { proof: project.proof, touched: findTouchedSince(project, graph, project.provenSteps) },
    { hash: project.hash, readVersions: async (ranges) => findRecords(project, graph, ranges) },
  )
  project.verified += verified
  if (!project.storesProofs) return evaluation
  project.proof = proof()
  project.provenSteps = project.steps.length
  return evaluation
}

/** Requests every partition of every asset. */
export function requestEverything(evaluation: Evaluation, publish = true): PlanRequest {
  const { bounds, graph } = evaluation
  const targets = [...graph.assets.values()].flatMap(({ kind, name }) => {
    const range = bounds.get(name)
    return kind === "asset" ? [[name, range === undefined ? [] : [range]] as const] : []
  })
  return { targets: new Map(targets), publish }
}

/** The result of a run, with its plan and the ids of the plan's steps. */
export interface PlannedRun extends RunResult {
  readonly plan: Plan
  readonly planned: readonly string[]
}

/** Plans and executes a run; by default of every partition. */
export async function run(
  project: MemoryProject,
  graph: Graph,
  request: (evaluation: Evaluation) => PlanRequest = requestEverything,
  options: Partial<RunOptions & Pick<RunDescription, "kind">> = {},
): Promise<PlannedRun> {
  const evaluation = await proveProject(project, graph)
  const plan = buildPlan(evaluation, request(evaluation))
  const all = {
    command: "freshet materialize",
    kind: "interactive" as const,
    concurrency: 1,
    pools: {},
    failFast: false,
    ...options,
  }
  const effects = createEffects(project, graph)
  const result = await execute(evaluation, plan, effects, all).finally(() => {
    releaseAll(project.claims, effects.newId()) // a dead run has no claims
    project.priorities.delete(effects.newId())
    project.waits.delete(effects.newId())
  })
  return { ...result, plan, planned: listStepIds(evaluation, plan) }
}

/** Runs every partition and lists the work of the engine: `a 2026-01-05`. */
export async function runAndListComputed(
  project: MemoryProject,
  graph: Graph,
): Promise<readonly string[]> {
  project.computed.length = 0
  await run(project, graph)
  return [...project.computed]
}

/** Counts the states of an asset's partitions. */
export function countProjectStates(
  project: MemoryProject,
  graph: Graph,
  name: string,
): StateCounts {
  return countStates(evaluateProject(project, graph), getAsset(graph, name).computation)
}

/** A failed result of the check `c` of an asset. */
export function failedCheck(asset: string, severity: "error" | "warn" = "error"): CheckResult {
  return { asset, name: "c", severity, passed: false, failures: 3, sample: [] }
}

/** Lists the ids of a plan's steps: `a 2026-01-05`. */
export function listStepIds(evaluation: Evaluation, plan: Plan): readonly string[] {
  return [...listSteps(evaluation, plan)].map(({ id }) => id)
}

function startTimer({ behaviour }: MemoryProject, ms: number): Timer {
  let cancel = () => {}
  const cancelled = new Promise<void>((resolve) => (cancel = resolve))
  const pause = ms === stallMs ? behaviour.stall() : behaviour.pause(ms)
  return { ended: Promise.race([cancelled, Promise.resolve(pause)]), cancel }
}

/** Creates the effects of a project for a new run, or for a worker that assists a run. The id of the worker is that of its own run. */
export function createEffects(
  project: MemoryProject,
  graph: Graph,
  assistedRun?: string,
): RunEffects {
  const worker = `run ${(project.runs += 1)}`
  const run = assistedRun ?? worker
  const firstStep = project.steps.length
  const firstPublication = project.publications.length
  return {
    nowMs: () => project.nowMs,
    startTimer: (ms) => startTimer(project, ms),
    random: () => 0.5,
    hash: project.hash,
    newId: () => run,
    emit: (event) => project.events.push(event),
    signal: {
      get aborted() {
        return project.aborted
      },
    },
    engine: createEngine(project, worker),
    readEvaluation: () => proveProject(project, graph),
    ledger: {
      beginRun: async ({ id, kind }) => void project.priorities.set(id, getPriority(kind)),
      endRun: async ({ id }) => {
        releaseAll(project.claims, worker)
        project.priorities.delete(id)
      },
      ...createClaimRecords(project, graph, { run, worker }),
      hasOtherRecords: async () =>
        [...project.steps.slice(firstStep), ...project.publications.slice(firstPublication)].some(
          (record) => record.run !== run,
        ),
      recordStep: async (record) => {
        await project.behaviour.beforeRecord(record)
        recordStep(project, graph, record)
        release(project.claims, formatStepClaim(record), worker)
      },
      recordAttempt: async (record) => void project.attempts.push(record),
      recordLog: async (record) => {
        await project.behaviour.beforeRecordLog(record)
        project.logs.push(record)
      },
      adoptMaterializations: async () => false,
      readMaterializations: async (ranges) => {
        await project.behaviour.beforeLookup(ranges)
        return findRecords(project, graph, ranges)
      },
    },
    publisher: {
      check: async () => {},
      preview: async () => [],
      publish: async (request) => {
        await project.behaviour.beforePublish(request)
        const { set, partitionKey } = request
        const atMs = project.nowMs
        project.publications.push(request)
        project.published.set(set, { set, partitionKey, atMs })
        for (const { asset, publish, partitions } of request.tables)
          project.tables.set(publish.table, {
            asset: asset.name,
            contents: new Map(partitions.map(({ key, dataVersion }) => [key, dataVersion])),
            atMs,
          })
        return []
      },
    },
  }
}

function createEngine(project: MemoryProject, worker: string): RunEffects["engine"] {
  return {
    compute: async (request, progress, log) => {
      const partition = request.partition.key
      const step = `${request.computation.name} ${partition}`
      project.computed.push(step)
      if (!hasClaim(project.claims, request.computation.name, worker)) project.unclaimed.push(step)
      await project.behaviour.beforeCompute(step, log)
      progress(1)
      const outputs = request.outputs.map(({ name }) => storeRows(project, request, name))
      const relations = readRelations(project, request.relations)
      const checks = outputs.flatMap(({ asset, dataVersion }) =>
        project.behaviour.checks(asset, partition, dataVersion, relations),
      )
      const hasFailedChecks = checks.some((check) => !check.passed && check.severity === "error")
      const failedFiles = outputs.map(({ file }) => file)
      if (hasFailedChecks) return { kind: "checks_failed", failedFiles, checks, lineCounts: [] }
      return { kind: "materialized", outputs, checks, lineCounts: [] }
    },
    recompute: async (request) =>
      request.outputs.map(({ name: asset }) => ({
        asset,
        rows: 1,
        dataVersion: project.behaviour.rows(request, asset, (relation) =>
          readRelation(project, relation),
        ),
      })),
    readDataVersion: async (_, file) => project.files.get(file),
    copyLanded: async (_, file) => {
      const { copy = `landed/${file.hash}`, hash } = file
      if (!project.files.has(copy)) requireLanded(project, hash)
      project.files.set(copy, hash)
      return { ...file, copy }
    },
    check: async ({ asset, partition: { key }, file, relations }) => {
      project.computed.push(`check ${asset.name} ${key}`)
      const rows = readRows(project, file)
      return project.behaviour.checks(asset.name, key, rows, readRelations(project, relations))
    },
  }
}

/** Throws unless a file with this content is landed. */
function requireLanded(project: MemoryProject, content: string): void {
  const isLanded = [...project.landed.values()].some((partitions) =>
    [...partitions.values()].includes(content),
  )
  if (!isLanded) throw new FreshetError("input", `${content} is not landed`)
}

function storeRows(
  project: MemoryProject,
  request: ComputeRequest,
  asset: string,
): MaterializedOutput {
  const file = `${asset}/${request.partition.key}/${project.files.size}.parquet`
  const rows = project.behaviour.rows(request, asset, (relation) => readRelation(project, relation))
  project.files.set(file, rows)
  return { asset, dataVersion: rows, file, rows: 1, bytes: 1 }
}

function readRelations(project: MemoryProject, relations: readonly Relation[]): RelationRows[] {
  return relations.map((relation) => ({ relation, rows: readRelation(project, relation) }))
}

/** Reads the rows of a relation, oldest partition first. */
function readRelation(project: MemoryProject, relation: Relation): string[] {
  if (relation.kind === "landed")
    return relation.partitions.flatMap(({ files }) =>
      files.map(({ hash, copy }) => (copy === undefined ? hash : readRows(project, copy))),
    )
  return relation.files.map((file) => readRows(project, file))
}

/** Reads a stored file; a missing file is an error of the executor. */
function readRows(project: MemoryProject, file: string): string {
  const rows = project.files.get(file)
  if (rows === undefined) throw new FreshetError("store", `${file} does not exist`)
  return rows
}
