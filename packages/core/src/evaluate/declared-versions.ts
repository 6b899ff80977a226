import type { Columns } from "../declare/column.ts"
import type {
  AnyAsset,
  Asset,
  Computation,
  Check,
  SourceAsset,
  Sql,
} from "../declare/declaration.ts"
import type { Partitions, PartitionText } from "../declare/partition.ts"
import { renderSql } from "../declare/sql.ts"
import type { Window } from "../declare/window.ts"
import { type Graph, getAsset, getAssetRead, getOutputs } from "../graph/graph.ts"
import type { ReadVersions } from "../ports.ts"
import { computeFingerprint } from "./fingerprint.ts"
import { getStableName, formatStableRelation } from "./inputs.ts"

/** Turns text into a hash of it; tests that want to read versions give the text back. */
export type Hash = (text: string) => string

/** A query's text → the hash of the query as the engine parses it, where formatting and comments do not count. */
export type ParsedQueries = ReadonlyMap<string, string>

/** What the declaration of a computation comes to, as far as it decides what is stale. */
export interface DeclaredVersions {
  readonly code: string
  /** The halves of the code's fingerprint, as signed numbers. */
  readonly lowCode: number
  readonly highCode: number
  /** For each output the version of its checks. */
  readonly checks: readonly string[]
}

interface CachedVersions {
  readonly versions: readonly DeclaredVersions[]
  readonly parsed: ParsedQueries
  readonly hash: Hash
}

const versionCache = new WeakMap<Graph, CachedVersions>()

/** The versions of every computation of a graph in their order, computed once: the same graph is judged again and again. */
export function getDeclaredVersions(
  graph: Graph,
  parsed: ParsedQueries,
  hash: Hash,
): readonly DeclaredVersions[] {
  const cached = versionCache.get(graph)
  if (cached?.parsed === parsed && cached.hash === hash) return cached.versions
  const versions = graph.computations.map((computation) => {
    const code = computeCodeVersion(graph, computation, parsed, hash)
    const checks = getOutputs(graph, computation).map((asset) => computeChecksVersion(asset, hash))
    const { low, high } = computeFingerprint(code)
    return { code, lowCode: low | 0, highCode: high | 0, checks }
  })
  versionCache.set(graph, { versions, parsed, hash })
  return versions
}

/** Stands in a query's text where its partition's own facts will stand. */
const anyPartition: PartitionText = {
  key: "partition",
  day: "0001-01-01",
  start: "0001-01-01T00:00:00Z",
  end: "0001-01-02T00:00:00Z",
}

/** The texts whose parse the code versions of a graph depend on. */
export function listQueryTexts(graph: Graph): readonly string[] {
  return graph.computations.flatMap((computation) =>
    computation.kind === "code"
      ? []
      : [computation.shared, ...computation.outputs.map(({ query }) => query)]
          .filter((query) => query !== undefined)
          .map(renderVersionText),
  )
}

/** A query as versions take it: whatever day it is made for, and whatever its upstreams are called today. */
function renderVersionText(query: Sql): string {
  return renderSql(query, anyPartition, formatStableRelation)
}

/**
 * Hash of everything that decides the rows of a computation apart from its inputs. Descriptions, checks, freshness
 * and publication do not count. The text is canonical as it stands: all its objects have their keys in order.
 */
export function computeCodeVersion(
  graph: Graph,
  computation: Computation,
  parsed: ParsedQueries,
  hash: Hash,
): string {
  const outputs = getOutputs(graph, computation)
  const text = JSON.stringify({
    code:
      computation.kind === "code"
        ? computation.version
        : listQueryVersions(graph, computation, parsed),
    kind: computation.kind,
    outputs: outputs.map((asset) => [getStableName(asset), listColumnTypes(asset.columns)]),
    partitions: outputs.map((asset) => describePartitions(asset.partitions)),
    reads: computation.reads.map((read) => [
      formatStableRelation(read),
      describeWindow(read.window),
      describeReading(getAssetRead(graph, computation, read)),
    ]),
  })
  return hash(text)
}

function describeWindow(window: Window): Readonly<Record<string, unknown>> {
  if (window.kind !== "offsets") return { kind: window.kind }
  const { from, kind, onShortWindow, to } = window
  return { from, kind, onShortWindow, to }
}

function listQueryVersions(
  graph: Graph,
  computation: Extract<Computation, { kind: "sql" }>,
  parsed: ParsedQueries,
): readonly unknown[] {
  const getQueryVersion = (query: Sql): string => {
    const text = renderVersionText(query)
    return parsed.get(text) ?? text
  }
  const shared = computation.shared === undefined ? [] : [getQueryVersion(computation.shared)]
  return [
    ...shared,
    ...computation.outputs.map(({ asset, query }) => [
      getStableName(getAsset(graph, asset)),
      getQueryVersion(query),
    ]),
  ]
}

/** What a partition stands for; where a range of time begins and ends, and which keys a set has, changes no rows. */
function describePartitions(partitions: Partitions): readonly string[] {
  return partitions.kind === "none" || partitions.kind === "static"
    ? [partitions.kind]
    : [partitions.kind, partitions.zone]
}

function listColumnTypes(columns: Columns): readonly unknown[] {
  return Object.keys(columns).map((name) => [name, columns[name]?.type, columns[name]?.nullable])
}

/** How a source's files become rows; of an asset nothing counts but its content. */
function describeReading(asset: AnyAsset): unknown {
  return asset.kind === "source" ? describeSource(asset) : null
}

function describeSource(source: SourceAsset): unknown {
  const { duplicate, lineKinds } = source
  return {
    columns: listColumnTypes(source.columns),
    duplicate: duplicate && [
      duplicate.reason,
      duplicate.columns,
      renderSql(duplicate.when, anyPartition),
    ],
    format: sortKeys(source.format),
    lineKinds: lineKinds ? sortKeys({ ...lineKinds, kinds: sortKeys(lineKinds.kinds) }) : null,
    reject: source.reject.map(({ reason, when }) => [reason, renderSql(when, anyPartition)]),
  }
}

/** Hash of the code and of the exact versions of everything that one partition reads. */
export function computeInputVersion(
  code: string,
  reads: readonly ReadVersions[],
  hash: Hash,
): string {
  const inputs = reads.map(({ relation, asset, versions }) => ({ asset, relation, versions }))
  return hash(JSON.stringify({ code, inputs })) // canonical as it stands: the keys are in order, all else is arrays
}

/** Hash of an asset's checks: when it changes the checks run again on the rows that are there. Its text is canonical too. */
export function computeChecksVersion(asset: Asset, hash: Hash): string {
  return hash(JSON.stringify([listColumnTypes(asset.columns), asset.checks.map(describeCheck)]))
}

function describeCheck(check: Check): unknown {
  const { rule, name, severity } = check
  return [name, severity, rule.kind === "no_rows" ? renderVersionText(rule.query) : sortKeys(rule)]
}

/** Text that two values share exactly when they are equal: JSON with the keys in order. */
export function toCanonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner) ? sortKeys(inner) : inner,
  )
}

function sortKeys(value: object): object {
  return Object.fromEntries(
    Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
  )
}
