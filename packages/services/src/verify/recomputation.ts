import { join } from "node:path"

import type { Asset } from "@freshet/core"
import {
  type Computation,
  createMaterializationCache,
  FreshetError,
  recompute,
  type RecomputeEffects,
  type ReproducibilityResult,
} from "@freshet/core/engine"
import { withPostgres } from "@freshet/embedded-postgres"
import { createScratchStore, hashContent, openEngine } from "@freshet/io"

import type { Config } from "../config.ts"
import { buildDeclaredGraph, readProject, withProjectState } from "../open-project.ts"
import { openStore } from "../open-store.ts"
import type { Project } from "../project.ts"
import { getSessionOptions } from "../session-options.ts"

/** What came of making a partition again. */
export type RecomputeResult =
  | ReproducibilityResult
  /** A file of the store, of the partition itself or of one that it read, is not there. */
  | {
      readonly kind: "file_gone"
      readonly asset: string
      readonly partition: number
      readonly file: string
    }
  | { readonly kind: "failed"; readonly message: string; readonly hint: string | undefined }
  /** A run made it anew or a clean-up took it away while it was looked at. */
  | { readonly kind: "replaced" }

/** A project, and the means to compare what it keeps with what is recorded. Nothing is kept, locked or published. */
export interface Recomputation {
  readonly project: Project
  /** Makes a partition again from exactly what its recorded materialization read. */
  readonly recompute: (computation: Computation, partition: number) => Promise<RecomputeResult>
  /** The data version of what a file of the store holds; undefined when it holds no rows of the asset. */
  readonly readDataVersion: (asset: Asset, file: string) => Promise<string | undefined>
}

/** Lends the means to make partitions again. Runs may be under way meanwhile: no lock is held, and temporary files lie where no run sweeps. */
export async function withRecomputation<T>(
  config: Config,
  supervisorCommand: readonly string[],
  request: {
    readonly signal: AbortSignal
    readonly work: (recomputation: Recomputation) => Promise<T>
  },
): Promise<T> {
  const graph = buildDeclaredGraph(config)
  const { databaseUrl, home } = config
  return withPostgres({ databaseUrl, home, supervisorCommand }, (url) =>
    withProjectState(
      url,
      (client) => readProject(config, graph, client),
      async (project) => {
        return withRecomputeEngine(config, request.signal, (engine) => {
          const effects = createRecomputeEffects(project, engine)
          return request.work({
            project,
            recompute: (computation, partition) =>
              recomputePartition(project, effects, {
                computation,
                partition,
                signal: request.signal,
              }),
            readDataVersion: engine.readDataVersion,
          })
        })
      },
    ),
  )
}

type RecomputeEngine = Pick<ReturnType<typeof openEngine>, "recompute" | "readDataVersion">

async function withRecomputeEngine<T>(
  config: Config,
  signal: AbortSignal,
  work: (engine: RecomputeEngine) => Promise<T>,
): Promise<T> {
  const engine = openEngine({
    ...getSessionOptions(config),
    connections: 2,
    signal,
    store: createScratchStore(openStore(config), () => engine.session.scratchFolder()),
    landedPath: (path) => join(config.landing, path),
  })
  try {
    return await work(engine)
  } finally {
    await engine.close()
  }
}

function createRecomputeEffects(
  project: Project,
  engine: RecomputeEngine,
): Omit<RecomputeEffects, "cache"> {
  return {
    engine,
    readVersions: async ({ id }) => (await project.readInputVersions([id])).get(id) ?? [],
    isUnchanged: ({ path, hash }) =>
      hashContent(project.config.landing, path).then(
        (landedFile) => landedFile.hash === hash,
        () => false,
      ),
  }
}

async function recomputePartition(
  project: Project,
  effects: Omit<RecomputeEffects, "cache">,
  {
    computation,
    partition,
    signal,
  }: {
    readonly computation: Computation
    readonly partition: number
    readonly signal: AbortSignal
  },
): Promise<RecomputeResult> {
  const cache = createMaterializationCache({ readMaterializations: project.readMaterializations })
  const result = await recompute(project.evaluation, computation, partition, {
    ...effects,
    cache,
  }).catch((cause: unknown) => toFailedResult(cause, signal))
  if (result.kind !== "file_changed") return result
  if (!(await isStillRecorded(project, result))) return { kind: "replaced" }
  return (await project.store.exists(result.file)) ? result : { ...result, kind: "file_gone" }
}

/** What one partition cannot be made of says nothing of the others, unless a person wants all of it to stop. */
function toFailedResult(cause: unknown, signal: AbortSignal): RecomputeResult {
  const isReported = cause instanceof FreshetError && reportedErrorCodes.includes(cause.code)
  if (signal.aborted || !isReported) throw cause
  return { kind: "failed", message: cause.message, hint: cause.hint }
}

const reportedErrorCodes: readonly string[] = ["engine", "input"]

/** Whether the ledger still says that the file holds the rows of this partition. */
export async function isStillRecorded(
  project: Project,
  {
    asset,
    partition: index,
    file,
  }: { readonly asset: string; readonly partition: number; readonly file: string },
): Promise<boolean> {
  const records = await project.readMaterializations([{ asset, range: { from: index, to: index } }])
  return records.some((record) => record.file === file)
}
