import { join } from "node:path"

import {
  buildGraph,
  evaluate,
  findPartitionBounds,
  type Graph,
  type LedgerSnapshot,
  listSources,
  ProblemsError,
} from "@freshet/core/engine"
import { withPostgres } from "@freshet/embedded-postgres"
import {
  type LedgerClient,
  migrate,
  observeLanding,
  type QueryEngine,
  readHashedFiles,
  readMaterializations,
  readProvenance,
  readSnapshot,
  saveHashChanges,
  withLedgerConnection,
  withLedgerState,
} from "@freshet/io"
import { getMigrationsFolder } from "@freshet/schema"

import type { Config } from "./config.ts"
import { hash } from "./hash.ts"
import { openStore } from "./open-store.ts"
import { createWithQueryEngine, parseQueries } from "./parse-queries.ts"
import type { Project } from "./project.ts"
import { createRunHistory } from "./run/run-history.ts"

/** Lends the project as it is now: declarations, landing zone and ledger are read once, and judged. */
export async function withProject<T>(
  config: Config,
  supervisorCommand: readonly string[],
  work: (project: Project) => Promise<T>,
): Promise<T> {
  const graph = buildDeclaredGraph(config)
  const { databaseUrl, home } = config
  return withPostgres({ databaseUrl, home, supervisorCommand }, (url) =>
    withProjectState(url, (client) => readProject(config, graph, client), work),
  )
}

/** Lends a connection to the project's database, whose tables are brought up to date first. */
export async function withProjectLedger<T>(
  config: Config,
  supervisorCommand: readonly string[],
  work: (client: LedgerClient) => Promise<T>,
): Promise<T> {
  const { databaseUrl, home } = config
  return withPostgres({ databaseUrl, home, supervisorCommand }, (url) =>
    withMigratedLedger(url, work),
  )
}

/** Lends a connection to a database, whose tables are brought up to date first. */
export function withMigratedLedger<T>(
  url: string,
  work: (client: LedgerClient) => Promise<T>,
): Promise<T> {
  return withLedgerConnection(url, async (client) => {
    await migrate(client, getMigrationsFolder())
    return work(client)
  })
}

/** Runs work with a state that was read from a database, whose tables are brought up to date first. */
export function withProjectState<S, T>(
  url: string,
  read: (client: LedgerClient) => Promise<S>,
  work: (state: S, client: LedgerClient) => Promise<T>,
): Promise<T> {
  const migrateAndRead = async (client: LedgerClient) => {
    await migrate(client, getMigrationsFolder())
    return await read(client)
  }
  return withLedgerState(url, migrateAndRead, work)
}

/** The graph of the declared assets; every problem of the declarations at once if there is none. */
export function buildDeclaredGraph(config: Config): Graph {
  const result = buildGraph(config.assets)
  if (result.kind === "problems") throw new ProblemsError("usage", result.problems)
  return result.graph
}

/** Reads everything that the state is judged by, through one connection. The engine is asked about queries that nobody knows yet: one of its own if none is given. */
export async function readProject(
  config: Config,
  graph: Graph,
  client: LedgerClient,
  engine?: QueryEngine,
): Promise<Project> {
  const nowMs = Date.now()
  const rememberedFiles = await readHashedFiles(client)
  const folder = config.landing
  const [observation, parses] = await Promise.all([
    observeLanding({ sources: listSources(graph), folder, hashedFiles: rememberedFiles, nowMs }),
    parseQueries(graph, client, createWithQueryEngine(config, engine)),
  ])
  await saveHashChanges(client, observation.hashChanges)
  const bounds = findPartitionBounds(graph, observation.landing, nowMs)
  const inputs = { graph, landing: observation.landing, bounds }
  const evaluateSnapshot = (snapshot: LedgerSnapshot) => evaluate(inputs, snapshot, parses, hash)
  const stateFile = join(config.home, "timelines")
  return {
    config,
    graph,
    evaluation: evaluateSnapshot(await readSnapshot(client, graph, { stateFile })),
    warnings: observation.problems,
    nowMs,
    hash,
    evaluate: evaluateSnapshot,
    readMaterializations: (ranges) => readMaterializations(client, graph, ranges),
    store: openStore(config),
    readInputVersions: async (ids) => {
      const provenance = await readProvenance(client, graph, ids)
      return new Map([...provenance].map(([id, { reads }]) => [id, reads]))
    },
    runHistory: createRunHistory(client, graph),
  }
}
