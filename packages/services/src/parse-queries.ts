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
  type LedgerClient,
  type QueryEngine,
  readEngineVersion,
  readParsedQueries,
  saveParsedQueries,
} from "@freshet/io"

import { hash } from "./hash.ts"

/**
 * Parses the declared queries with the engine and binds them; fails with every problem of the queries at once.
 * Parses are cached in the ledger: the engine is opened only when the declarations changed.
 */
export async function parseQueries(
  graph: Graph,
  client: LedgerClient,
  openEngine: () => QueryEngine,
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
  const newParses = await parseWithEngine(openEngine(), graph, unparsedTexts)
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

/** Hashes everything that decides if the queries bind. */
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
