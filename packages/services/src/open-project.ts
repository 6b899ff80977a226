import {
  buildGraph,
  evaluate,
  type Evaluation,
  findAutomationProblems,
  findPartitionBounds,
  findPoolProblems,
  type Graph,
  type Hash,
  type LedgerSnapshot,
  type RecordedInputs,
  removeMaterializations,
  listSources,
  ProblemsError,
  proveFreshness,
} from "@freshet/core/engine"
import {
  findPendingRenames,
  findTargetProblems,
  isConnectionFault,
  type LandingZone,
  type LedgerClient,
  listReusedNames,
  observeLanding,
  readHashedFiles,
  type RunLedger,
  saveHashChanges,
  throwFileFault,
} from "@freshet/io"

import { findForgottenVersions } from "./changed-code.ts"
import type { Config } from "./config.ts"
import { excludeNewestLostFiles } from "./lost-files.ts"
import { withMigratedLedger, withMigratedState } from "./migrated-ledger.ts"
import { openLandingZone } from "./open-landing-zone.ts"
import { openStore } from "./open-store.ts"
import { parseQueries } from "./parse-queries.ts"
import { createProjectLedger } from "./project-ledger.ts"
import type { LockOptions, OpenOptions, Project, ProjectLedger } from "./project.ts"
import { evaluateWithRecordedInputs, excludePartitions } from "./recorded-inputs.ts"
import { describeRemovedFiles } from "./removed-files.ts"
import { withRunLock } from "./run-lock.ts"
import { createLazyRuntime, type Runtime } from "./runtime.ts"
import type { Services } from "./services.ts"
import { createStoredFiles, type StoredFiles } from "./stored-files.ts"

/** A declared graph, the database of its ledger, and the parts to open. */
interface OpenRequest extends OpenOptions {
  readonly graph: Graph
  readonly url: string
}

/** Connects to the ledger, under the run lock if requested, and reads the project. */
export async function openProject<T>(
  services: Services,
  request: OpenRequest,
  work: (project: Project) => Promise<T>,
): Promise<T> {
  const { lock } = request
  const workAndSave = withSavedFileBytes(work)
  const result =
    lock === undefined
      ? openUnlockedProject(services, request, workAndSave)
      : openLockedProject(services, { ...request, lock }, workAndSave)
  return result.catch(throwFileFault)
}

async function openUnlockedProject<T>(
  services: Services,
  request: OpenRequest,
  work: (project: Project) => Promise<T>,
): Promise<T> {
  await applyPendingRenames(services, request)
  return withProjectReader(services, request, services.signal, (read) =>
    withMigratedState(
      { url: request.url, config: services.config },
      (client) => read(client, undefined),
      work,
    ),
  )
}

/** Lets the ledger follow swapped and reused names, which needs the run lock for a moment. */
async function applyPendingRenames(services: Services, { graph, url }: OpenRequest): Promise<void> {
  if (listReusedNames(graph).length === 0) return
  const database = { url, config: services.config }
  const renames = await withMigratedLedger(database, (client) => findPendingRenames(client, graph))
  const lock = { mode: "exclusive", wait: false, cancellable: false } as const
  if (renames.length > 0) await withRunLock(services, { url, graph, lock }, async () => {})
}

/** Opens the project under the run lock; once more when the connection is lost while the state is read. */
async function openLockedProject<T>(
  services: Services,
  request: OpenRequest & { readonly lock: LockOptions },
  work: (project: Project) => Promise<T>,
): Promise<T> {
  let isRead = false
  const open = () =>
    withRunLock(services, request, ({ runLedger, signal }) =>
      withProjectReader(services, request, signal, async (read) => {
        const project = await read(runLedger.client, runLedger)
        isRead = true
        return work(project)
      }),
    )
  return open().catch((cause: unknown) => {
    if (isRead || !isConnectionFault(cause)) throw cause
    return open()
  })
}

/** Records the bytes of the files that the work read. */
function withSavedFileBytes<T>(work: (project: Project) => Promise<T>) {
  return async (project: Project): Promise<T> => {
    const result = await work(project)
    await project.ledger.saveFileBytes(project.files.takeChanges())
    return result
  }
}

/** A connection to the ledger; with the run lock, records may be written through it. */
interface LedgerConnection {
  readonly client: LedgerClient
  readonly runLedger: RunLedger | undefined
  readonly signal: AbortSignal
}

type ReadProject = (client: LedgerClient, runLedger: RunLedger | undefined) => Promise<Project>

async function withProjectReader<T>(
  services: Services,
  request: OpenRequest,
  signal: AbortSignal,
  work: (read: ReadProject) => Promise<T>,
): Promise<T> {
  const { concurrency = services.config.concurrency, engine: kind = "query", url, graph } = request
  const config = { ...services.config, concurrency }
  const files = createStoredFiles(openStore(config, signal))
  const landingZone = openLandingZone(config, signal)
  const runtime = createLazyRuntime(config, {
    kind,
    url,
    store: files.store,
    landingZone,
    signal,
    reportsProgress: services.watchesSteps,
    codeProgram: services.codeProgram,
  })
  try {
    return await work((client, runLedger) => {
      const connection = { client, runLedger, signal }
      const context = { config, graph, files, landingZone, connection, runtime: runtime.get }
      return readProject(services, { ...context, lostFiles: request.lostFiles })
    })
  } finally {
    await runtime.close()
  }
}

/** Builds the graph of the declared assets; fails with every problem of the declarations at once. */
export function buildDeclaredGraph(config: Config): Graph {
  const result = buildGraph(config.assets)
  if (result.kind === "problems") throw new ProblemsError("usage", result.problems)
  const problems = [
    ...findAutomationProblems(result.graph, config.automation),
    ...findPoolProblems(result.graph.computations, config.pools),
  ]
  if (problems.length > 0) throw new ProblemsError("config", problems)
  const targetProblems = findTargetProblems(result.graph)
  if (targetProblems.length > 0) throw new ProblemsError("usage", targetProblems)
  return placeTables(result.graph, config.environment)
}

/** Places the published tables in the schemas of an environment. */
function placeTables(graph: Graph, environment: string | undefined): Graph {
  if (environment === undefined) return graph
  const assets = [...graph.assets].map(([name, asset]) =>
    asset.kind === "source" || asset.publish === undefined
      ? ([name, asset] as const)
      : ([name, { ...asset, publish: { ...asset.publish, environment } }] as const),
  )
  return { ...graph, assets: new Map(assets) }
}

interface ReadContext {
  readonly config: Config
  readonly graph: Graph
  readonly files: StoredFiles
  readonly landingZone: LandingZone
  readonly connection: LedgerConnection
  readonly lostFiles: OpenOptions["lostFiles"]
  readonly runtime: () => Runtime
}

/** Reads landing zone and ledger through one connection. The engine is used for queries that it has not parsed before. */
async function readProject(
  services: Services,
  { config, graph, files, landingZone, connection, lostFiles, runtime }: ReadContext,
): Promise<Project> {
  const { hash } = services
  const { client, runLedger, signal } = connection
  const nowMs = services.nowMs()
  const hashedFiles = await readHashedFiles(client)
  const [observation, parses] = await Promise.all([
    observeLanding({ sources: listSources(graph), zone: landingZone, hashedFiles, nowMs }),
    parseQueries(graph, client, () => runtime().engine),
  ])
  await saveHashChanges(client, observation.hashChanges)
  const { landing } = observation
  const bounds = findPartitionBounds(graph, landing, nowMs)
  const evaluateSnapshot: EvaluateSnapshot = (snapshot, { removedInputs, pinnedInputs }) => {
    if (removedInputs === undefined && pinnedInputs === undefined)
      return evaluate({ graph, landing, bounds }, snapshot, parses, hash)
    const recordedInputs = { removedInputs, pinnedInputs }
    const extendedBounds = findPartitionBounds(graph, landing, nowMs, recordedInputs)
    const inputs = { graph, landing, bounds: extendedBounds, ...recordedInputs }
    return evaluate(inputs, snapshot, parses, hash)
  }
  const ledger = createProjectLedger(client, graph, { config, files, names: runLedger?.names })
  const prover = createProver(ledger, evaluateSnapshot, hash)
  const { evaluation, proof } = await prover.readEvaluation()
  const forgottenVersions = await findForgottenVersions(client, { graph, evaluation }, hash)
  const project: Project = {
    config,
    graph,
    evaluation,
    warnings: [...observation.problems, ...forgottenVersions, ...describeRemovedFiles(evaluation)],
    nowMs,
    hash,
    proof,
    ...prover,
    store: files.store,
    landingZone,
    files,
    intactPartitions: new Map(),
    damage: { files: [], materializations: [] },
    ledger,
    runLedger,
    signal,
    runtime,
  }
  return lostFiles === "keep" ? project : excludeNewestLostFiles(project)
}

/** Evaluates a snapshot with the recorded reads that replace landed files. */
type EvaluateSnapshot = (snapshot: LedgerSnapshot, recordedInputs: RecordedInputs) => Evaluation

/** Proves evaluations of one ledger. */
function createProver(
  ledger: ProjectLedger,
  evaluateSnapshot: EvaluateSnapshot,
  hash: Hash,
): Pick<Project, "readEvaluation" | "evaluateWithout" | "evaluateUnpinned"> {
  const effects = { readVersions: ledger.readMaterializations, hash }
  return {
    readEvaluation: () =>
      ledger.withSnapshot(async ({ snapshot, readVersions, storeProof, ...recordedFreshness }) => {
        const evaluation = await evaluateWithRecordedInputs(ledger, (recordedInputs) =>
          evaluateSnapshot(snapshot, recordedInputs),
        )
        const evaluateWith = (changed: LedgerSnapshot) =>
          changed.collisions?.size === 0 ? evaluation : evaluateSnapshot(changed, evaluation)
        const proven = await proveFreshness(evaluateWith, snapshot, recordedFreshness, {
          readVersions,
          hash,
        })
        storeProof(proven)
        return proven
      }),
    evaluateWithout: ({ evaluation, proof }, removals) => {
      const snapshot = removeMaterializations(evaluation.snapshot, removals)
      const evaluateWith = (changed: LedgerSnapshot) => evaluateSnapshot(changed, evaluation)
      const touched = new Map(removals.map(({ computation, ranges }) => [computation, ranges]))
      return proveFreshness(evaluateWith, snapshot, { proof: proof(), touched }, effects)
    },
    evaluateUnpinned: ({ evaluation, proof }, touched) => {
      const { removedInputs, snapshot } = evaluation
      const pinnedInputs = excludePartitions(evaluation.pinnedInputs ?? new Map(), touched)
      const evaluateWith = (changed: LedgerSnapshot) =>
        evaluateSnapshot(changed, { removedInputs, pinnedInputs })
      return proveFreshness(evaluateWith, snapshot, { proof: proof(), touched }, effects)
    },
  }
}
