import {
  canonical,
  checksVersion,
  codeVersion,
  type Graph,
  type ParsedQueries,
  ProblemsError,
  queryTexts,
} from "@freshet/core"
import {
  engineVersion,
  type LedgerClient,
  type QueryEngine,
  queryEngine,
  readParsedQueries,
  rememberParsedQueries,
  withSession,
} from "@freshet/io"

import type { Config } from "../config.ts"
import { hash } from "./hash.ts"
import { sessionOptions } from "./session-options.ts"

type Ask = (question: (engine: QueryEngine) => Promise<ParsedQueries>) => Promise<ParsedQueries>

/** The way to the engine that is given, or else to one that lives as long as the question. */
export function askedOf(config: Config, engine: QueryEngine | undefined): Ask {
  if (engine !== undefined) return (question) => question(engine)
  const options = { ...sessionOptions(config), connections: 1 }
  return (question) => withSession(options, (session) => question(queryEngine(session)))
}

/**
 * How the engine parses the declared queries, all of which it can bind: otherwise a ProblemsError with everything
 * that is wrong with them. The engine is asked only when the declarations are not those that it saw last.
 */
export async function parsedQueries(
  graph: Graph,
  client: LedgerClient,
  ask: Ask,
): Promise<ParsedQueries> {
  const version = engineVersion()
  const texts = new Map(queryTexts(graph).map((text) => [text, hash(text)]))
  const known = await readParsedQueries(client, version)
  const bound = boundKey(graph)
  const unknown = [...texts].filter(([, key]) => !known.has(key)).map(([text]) => text)
  if (unknown.length === 0 && known.has(bound))
    return new Map([...texts].map(([text, key]) => [text, known.get(key) ?? text]))
  const learned = await ask((engine) => askEngine(engine, graph, unknown))
  const parsed = new Map(
    [...texts].map(([text, key]) => [text, learned.get(text) ?? known.get(key) ?? text]),
  )
  const current = [...parsed].map(([text, parse]) => [hash(text), parse] as const)
  await rememberParsedQueries(client, version, new Map([...current, [bound, "binds"]]))
  return parsed
}

/** Stands for everything that decides whether the queries bind. */
function boundKey(graph: Graph): string {
  const assets = [...graph.assets.values()].filter((asset) => asset.kind === "asset")
  return hash(
    canonical({
      computations: graph.computations.map((each) => codeVersion(graph, each, new Map(), hash)),
      checks: assets.map((asset) => checksVersion(asset, hash)),
    }),
  )
}

async function askEngine(
  engine: QueryEngine,
  graph: Graph,
  texts: readonly string[],
): Promise<ParsedQueries> {
  const problems = await engine.bind([...graph.assets.values()])
  if (problems.length > 0) throw new ProblemsError("usage", problems)
  const parses = await engine.canonicalQueries(texts)
  return new Map(texts.map((text, at) => [text, hash(parses[at] ?? text)]))
}
