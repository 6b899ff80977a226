import { join } from "node:path"

import {
  type Asset,
  type Computation,
  FreshetError,
  recordBook,
  rederive,
  type RederiveEffects,
  type Verdict,
} from "@freshet/core"
import { contentHash, openEngine, openFolderStore, scratchStore, withPostgres } from "@freshet/io"

import type { Config } from "../config.ts"
import { declaredGraph, readProject, withMigratedLedger } from "./open-project.ts"
import type { Project } from "./project.ts"
import { sessionOptions } from "./session-options.ts"

/** What came of making a partition again. */
export type Remade =
  | Verdict
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
export interface Remaking {
  readonly project: Project
  /** Makes a partition again from exactly what its recorded materialization read. */
  readonly remake: (computation: Computation, partition: number) => Promise<Remade>
  /** The data version of what a file of the store holds; undefined when it holds no rows of the asset. */
  readonly contentOf: (asset: Asset, file: string) => Promise<string | undefined>
}

/** Lends the means to make partitions again. Runs may be under way meanwhile: no lock is held, and temporary files lie where no run sweeps. */
export async function withRemaking<T>(
  config: Config,
  keeperCommand: readonly string[],
  request: {
    readonly signal: AbortSignal
    readonly work: (remaking: Remaking) => Promise<T>
  },
): Promise<T> {
  const graph = declaredGraph(config)
  const { databaseUrl, home } = config
  return withPostgres({ databaseUrl, home, keeperCommand }, (url) =>
    withMigratedLedger(url, async (client) => {
      const project = await readProject(config, graph, client)
      return withLookingEngine(config, request.signal, (engine) => {
        const effects = effectsOf(project, engine)
        return request.work({
          project,
          remake: (computation, partition) =>
            remake(project, effects, { computation, partition, signal: request.signal }),
          contentOf: engine.contentOf,
        })
      })
    }),
  )
}

type LookingEngine = Pick<ReturnType<typeof openEngine>, "rederive" | "contentOf">

async function withLookingEngine<T>(
  config: Config,
  signal: AbortSignal,
  work: (engine: LookingEngine) => Promise<T>,
): Promise<T> {
  const engine = openEngine({
    ...sessionOptions(config),
    connections: 2,
    signal,
    store: scratchStore(openFolderStore(config.lake), () => engine.session.scratchFolder()),
    landedPath: (path) => join(config.landing, path),
  })
  try {
    return await work(engine)
  } finally {
    await engine.close()
  }
}

function effectsOf(project: Project, engine: LookingEngine): Omit<RederiveEffects, "book"> {
  return {
    engine,
    reads: async ({ id }) => (await project.readVersions([id])).get(id) ?? [],
    isAsLanded: ({ path, hash }) =>
      contentHash(project.config.landing, path).then(
        (found) => found.hash === hash,
        () => false,
      ),
  }
}

async function remake(
  project: Project,
  effects: Omit<RederiveEffects, "book">,
  {
    computation,
    partition,
    signal,
  }: {
    readonly computation: Computation
    readonly partition: number
    readonly signal: AbortSignal
  },
): Promise<Remade> {
  const book = recordBook({ recorded: project.recorded })
  const remade = await rederive(project.evaluation, computation, partition, {
    ...effects,
    book,
  }).catch((cause: unknown) => failed(cause, signal))
  if (remade.kind !== "file_changed") return remade
  if (!(await isStillRecorded(project, remade))) return { kind: "replaced" }
  return (await project.isStored(remade.file)) ? remade : { ...remade, kind: "file_gone" }
}

/** What one partition cannot be made of says nothing of the others, unless a person wants all of it to stop. */
function failed(cause: unknown, signal: AbortSignal): Remade {
  const isKnown = cause instanceof FreshetError && lasting.includes(cause.code)
  if (signal.aborted || !isKnown) throw cause
  return { kind: "failed", message: cause.message, hint: cause.hint }
}

const lasting: readonly string[] = ["engine", "input"]

/** Whether the ledger still says that the file holds the rows of this partition. */
export async function isStillRecorded(
  project: Project,
  {
    asset,
    partition: at,
    file,
  }: { readonly asset: string; readonly partition: number; readonly file: string },
): Promise<boolean> {
  const records = await project.recorded([{ asset, range: { from: at, to: at } }])
  return records.some((record) => record.file === file)
}
