import {
  computeChecksVersion,
  computeCodeVersion,
  type Graph,
  listQueryTexts,
  type ParsedQueries,
  ProblemsError,
  toCanonicalJson,
} from "@freshet/core/engine"
import {
  createQueryEngine,
  type LedgerClient,
  type QueryEngine,
  readEngineVersion,
  readParsedQueries,
  saveParsedQueries,
  withSession,
} from "@freshet/io"

import type { Config } from "./config.ts"
import { hash } from "./hash.ts"
import { getSessionOptions } from "./session-options.ts"

type WithQueryEngine = (
  work: (engine: QueryEngine) => Promise<ParsedQueries>,
) => Promise<ParsedQueries>

/** The way to the engine that is given, or else to one that lives as long as the question. */
export function createWithQueryEngine(
  config: Config,
  engine: QueryEngine | undefined,
): WithQueryEngine {
  if (engine !== undefined) return (work) => work(engine)
  const options = { ...getSessionOptions(config), connections: 1 }
  return (work) => withSession(options, (session) => work(createQueryEngine(session)))
}

/**
 * How the engine parses the declared queries, all of which it can bind: otherwise a ProblemsError with everything
 * that is wrong with them. The engine is asked only when the declarations are not those that it saw last.
 */
export async function parseQueries(
  graph: Graph,
  client: LedgerClient,
  withQueryEngine: WithQueryEngine,
): Promise<ParsedQueries> {
  const version = readEngineVersion()
  const textHashes = new Map(listQueryTexts(graph).map((text) => [text, hash(text)]))
  const cachedParses = await readParsedQueries(client, version)
  const bindingKey = computeBindingKey(graph)
  const unparsedTexts = [...textHashes]
    .filter(([, key]) => !cachedParses.has(key))
    .map(([text]) => text)
  if (unparsedTexts.length === 0 && cachedParses.has(bindingKey))
    return new Map([...textHashes].map(([text, key]) => [text, cachedParses.get(key) ?? text]))
  const newParses = await withQueryEngine((engine) => parseWithEngine(engine, graph, unparsedTexts))
  const parses = new Map(
    [...textHashes].map(([text, key]) => [
      text,
      newParses.get(text) ?? cachedParses.get(key) ?? text,
    ]),
  )
  const cacheEntries = [...parses].map(([text, parse]) => [hash(text), parse] as const)
  await saveParsedQueries(client, version, new Map([...cacheEntries, [bindingKey, "binds"]]))
  return parses
}

/** Stands for everything that decides whether the queries bind. */
function computeBindingKey(graph: Graph): string {
  const assets = [...graph.assets.values()].filter((asset) => asset.kind === "asset")
  return hash(
    toCanonicalJson({
      computations: graph.computations.map((computation) =>
        computeCodeVersion(graph, computation, new Map(), hash),
      ),
      checks: assets.map((asset) => computeChecksVersion(asset, hash)),
    }),
  )
}

async function parseWithEngine(
  engine: QueryEngine,
  graph: Graph,
  texts: readonly string[],
): Promise<ParsedQueries> {
  const problems = await engine.bind([...graph.assets.values()])
  if (problems.length > 0) throw new ProblemsError("usage", problems)
  const parses = await engine.canonicalizeQueries(texts)
  return new Map(texts.map((text, at) => [text, hash(parses[at] ?? text)]))
}
