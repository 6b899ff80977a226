import { existsSync } from "node:fs"
import { join } from "node:path"

import {
  buildGraph,
  evaluate,
  extentsOf,
  type Graph,
  ProblemsError,
  type Snapshot,
  sourcesOf,
} from "@freshet/core"
import {
  type LedgerClient,
  migrate,
  observeLanding,
  type QueryEngine,
  readProvenance,
  readRecorded,
  readRememberedFiles,
  readSnapshot,
  rememberFiles,
  withLedger,
  withPostgres,
} from "@freshet/io"
import { migrationsFolder } from "@freshet/schema"

import type { Config } from "../config.ts"
import { askedOf, parsedQueries } from "./engine-knowledge.ts"
import { hash } from "./hash.ts"
import { readHistory } from "./history.ts"
import type { Project } from "./project.ts"

/** Lends the project as it is now: declarations, landing zone and ledger are read once, and judged. */
export async function withProject<T>(
  config: Config,
  keeperCommand: readonly string[],
  work: (project: Project) => Promise<T>,
): Promise<T> {
  const graph = declaredGraph(config)
  return withLedgerOf(config, keeperCommand, async (client) =>
    work(await readProject(config, graph, client)),
  )
}

/** Lends a connection to the project's database, whose tables are brought up to date first. */
export async function withLedgerOf<T>(
  config: Config,
  keeperCommand: readonly string[],
  work: (client: LedgerClient) => Promise<T>,
): Promise<T> {
  const { databaseUrl, home } = config
  return withPostgres({ databaseUrl, home, keeperCommand }, (url) => withMigratedLedger(url, work))
}

/** Lends a connection to a database, whose tables are brought up to date first. */
export function withMigratedLedger<T>(
  url: string,
  work: (client: LedgerClient) => Promise<T>,
): Promise<T> {
  return withLedger(url, async (client) => {
    await migrate(client, migrationsFolder())
    return work(client)
  })
}

/** The graph of the declared assets; every problem of the declarations at once if there is none. */
export function declaredGraph(config: Config): Graph {
  const built = buildGraph(config.assets)
  if (built.kind === "problems") throw new ProblemsError("usage", built.problems)
  return built.graph
}

/** Reads everything that the state is judged by, through one connection. The engine is asked about queries that nobody knows yet: one of its own if none is given. */
export async function readProject(
  config: Config,
  graph: Graph,
  client: LedgerClient,
  engine?: QueryEngine,
): Promise<Project> {
  const nowMs = Date.now()
  const remembered = await readRememberedFiles(client)
  const folder = config.landing
  const [seen, parsed] = await Promise.all([
    observeLanding({ sources: sourcesOf(graph), folder, remembered, nowMs }),
    parsedQueries(graph, client, askedOf(config, engine)),
  ])
  await rememberFiles(client, seen.memory)
  const extents = extentsOf(graph, seen.landing, nowMs)
  const world = { graph, landing: seen.landing, extents }
  const judge = (snapshot: Snapshot) => evaluate(world, snapshot, parsed, hash)
  const stateFile = join(config.home, "timelines")
  return {
    config,
    graph,
    evaluation: judge(await readSnapshot(client, graph, { stateFile })),
    warnings: seen.problems,
    nowMs,
    hash,
    judge,
    recorded: (wanted) => readRecorded(client, graph, wanted),
    isStored: async (file) => existsSync(join(config.lake, file)),
    readVersions: async (ids) => {
      const found = await readProvenance(client, graph, ids)
      return new Map([...found].map(([id, { reads }]) => [id, reads]))
    },
    history: readHistory(client, graph),
  }
}
