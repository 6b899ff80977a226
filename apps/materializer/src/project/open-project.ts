import { createHash } from "node:crypto"

import {
  buildGraph,
  evaluate,
  extentsOf,
  type Graph,
  type ParsedQueries,
  ProblemsError,
  queryTexts,
  sourcesOf,
} from "@freshet/core"
import {
  canonicalQueries,
  engineVersion,
  migrate,
  observeLanding,
  openSession,
  readParsedQueries,
  readProvenance,
  readRememberedFiles,
  readSnapshot,
  rememberFiles,
  rememberParsedQueries,
  withLedger,
  withPostgres,
} from "@freshet/io"
import { migrationsFolder } from "@freshet/schema"

import type { Config } from "../config.ts"
import { readHistory } from "./history.ts"
import { withoutLostFiles } from "./lost-files.ts"
import type { Project } from "./project.ts"
import { sessionOptions } from "./session-options.ts"

type LedgerClient = Parameters<typeof readSnapshot>[0]

/** SHA-256, cut to 128 bits: enough that no two inputs ever meet, short enough for a file's name. */
export function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32)
}

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
    await migrate(client, migrationsFolder)
    return work(client)
  })
}

/** The graph of the declared assets; every problem of the declarations at once if there is none. */
export function declaredGraph(config: Config): Graph {
  const built = buildGraph(config.assets)
  if (built.kind === "problems") throw new ProblemsError("usage", built.problems)
  return built.graph
}

/** Reads everything that the state is judged by, through one connection. */
export async function readProject(
  config: Config,
  graph: Graph,
  client: LedgerClient,
): Promise<Project> {
  const nowMs = Date.now()
  const remembered = await readRememberedFiles(client)
  const folder = config.landing
  const seen = await observeLanding({ sources: sourcesOf(graph), folder, remembered, nowMs })
  await rememberFiles(client, seen.memory)
  const parsed = await parsedQueries(config, graph, client)
  const kept = withoutLostFiles(await readSnapshot(client), graph, config.lake)
  const extents = extentsOf(graph, seen.landing, nowMs)
  const evaluation = evaluate(
    { graph, landing: seen.landing, extents },
    kept.snapshot,
    parsed,
    hash,
  )
  return {
    config,
    graph,
    evaluation,
    warnings: [...seen.problems, ...kept.warnings],
    nowMs,
    hash,
    readVersions: async (ids) => {
      const found = await readProvenance(client, ids)
      return new Map([...found].map(([id, { reads }]) => [id, reads]))
    },
    history: readHistory(client),
  }
}

/** How the engine parses the declared queries. It is asked only about texts that it has not seen before. */
async function parsedQueries(
  config: Config,
  graph: Graph,
  client: LedgerClient,
): Promise<ParsedQueries> {
  const version = engineVersion()
  const texts = new Map(queryTexts(graph).map((text) => [text, hash(text)]))
  const known = await readParsedQueries(client, version)
  const unknown = [...texts.keys()].filter((text) => !known.has(texts.get(text) ?? ""))
  const all = new Map(known)
  if (unknown.length > 0) {
    const session = openSession({ ...sessionOptions(config), connections: 1 })
    try {
      const canonical = await session.withConnection((each) => canonicalQueries(each, unknown))
      unknown.forEach((text, index) => all.set(hash(text), hash(canonical[index] ?? text)))
    } finally {
      await session.close()
    }
    const current = [...texts.values()].map((key) => [key, all.get(key) ?? ""] as const)
    await rememberParsedQueries(client, version, new Map(current))
  }
  return new Map([...texts].map(([text, key]) => [text, all.get(key) ?? text]))
}
