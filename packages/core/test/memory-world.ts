import {
  type AssetRange,
  type CheckResult,
  type ComputeRequest,
  type Effects,
  type Evaluation,
  FreshetError,
  type Graph,
  type Hash,
  type Landing,
  type MadeOutput,
  type ParsedQueries,
  type Plan,
  type PlanRequest,
  type PublicationRequest,
  type Relation,
  type RunEvent,
  type RunOptions,
  type RunResult,
  type StepRecord,
} from "../src/index.ts"
import { evaluate, execute, extentsOf, makePlan, stepsOf } from "../src/index.ts"
import {
  type MemoryLedger,
  memoryLedger,
  recordStep,
  recordedIn,
  snapshotOf,
} from "./memory-ledger.ts"

/** The world in memory: what has landed, what was recorded, what an engine makes of it, and a log of all that was asked of it. */
export interface MemoryWorld extends MemoryLedger {
  nowMs: number
  hash: Hash
  readonly landed: Map<string, Map<number, string>>
  readonly files: Map<string, string>
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
  checks: (asset: string, partition: string, rows: string) => readonly CheckResult[]
  /** How large a landed file is. */
  bytes: (content: string) => number
  beforeCompute: (step: string) => Promise<void> | void
  beforeRecord: (record: StepRecord) => Promise<void> | void
  beforeLookup: (wanted: readonly AssetRange[]) => Promise<void> | void
  beforePublish: (request: PublicationRequest) => Promise<void> | void
}

/** The hash of tests: the text itself, so that versions can be read. */
export const identity = (text: string): string => text

/** Rows that say what they were made from: `a(x1+x2)`. */
const literalRows: Behaviour["rows"] = (request, asset, read) =>
  `${asset}(${request.relations.flatMap(read).join("+")})`

/** An empty world at an instant. */
export function memoryWorld(nowMs: number, behaviour: Partial<Behaviour> = {}): MemoryWorld {
  return {
    ...memoryLedger(),
    nowMs,
    hash: identity,
    landed: new Map(),
    files: new Map(),
    publications: [],
    events: [],
    computed: [],
    aborted: false,
    behaviour: {
      rows: literalRows,
      checks: () => [],
      bytes: ({ length }) => length,
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
            {
              files: [{ path, hash: content, bytes: world.behaviour.bytes(content) }],
              version: content,
            },
          ]
        }),
      ),
    ]),
  )
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

/** What a run came to, with the plan that it performed and that plan's steps by id. */
export interface Ran extends RunResult {
  readonly plan: Plan
  readonly planned: readonly string[]
}

/** Plans and performs; by default everything. */
export async function run(
  world: MemoryWorld,
  graph: Graph,
  request: (evaluation: Evaluation) => PlanRequest = everything,
  options: Partial<RunOptions> = {},
): Promise<Ran> {
  const evaluation = evaluateIn(world, graph)
  const plan = makePlan(evaluation, request(evaluation), world.hash)
  const all = { command: "freshet materialize", concurrency: 1, failFast: false, ...options }
  const result = await execute(evaluation, plan, effectsOf(world, graph), all)
  return { ...result, plan, planned: stepIds(evaluation, plan) }
}

/** The steps of a plan by id: `a 2026-01-05`. */
export function stepIds(evaluation: Evaluation, plan: Plan): readonly string[] {
  return [...stepsOf(evaluation, plan)].map(({ id }) => id)
}

/** The effects of a world. */
export function effectsOf(world: MemoryWorld, graph: Graph): Effects {
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
        recordStep(world, graph, record)
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

function engineOf(world: MemoryWorld): Effects["engine"] {
  return {
    compute: async (request, progress) => {
      const partition = request.partition.key
      const step = `${request.computation.name} ${partition}`
      world.computed.push(step)
      await world.behaviour.beforeCompute(step)
      progress(1)
      const outputs = request.outputs.map(({ name }) => storeRows(world, request, name))
      const checks = outputs.flatMap(({ asset, dataVersion }) =>
        world.behaviour.checks(asset, partition, dataVersion),
      )
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
    check: async ({ asset, partition: { key }, file }) => {
      world.computed.push(`check ${asset.name} ${key}`)
      return world.behaviour.checks(asset.name, key, rowsOf(world, file))
    },
  }
}

function storeRows(world: MemoryWorld, request: ComputeRequest, asset: string): MadeOutput {
  const file = `${asset}/${request.partition.key}/${world.files.size}.parquet`
  const rows = world.behaviour.rows(request, asset, (relation) => contents(world, relation))
  world.files.set(file, rows)
  return { asset, dataVersion: rows, file, rows: 1, bytes: 1 }
}

/** What a relation holds, oldest partition first. */
function contents(world: MemoryWorld, relation: Relation): string[] {
  if (relation.kind === "landed")
    return relation.partitions.flatMap(({ files }) => files.map(({ hash }) => hash))
  return relation.files.map((file) => rowsOf(world, file))
}

/** What a stored file holds; one that does not exist is a fault of the executor. */
function rowsOf(world: MemoryWorld, file: string): string {
  const rows = world.files.get(file)
  if (rows === undefined) throw new FreshetError("store", `${file} does not exist`)
  return rows
}
