import type { AnyAsset, Asset, Computation } from "../declare/asset.ts"
import type { Check } from "../declare/check.ts"
import type { Columns } from "../declare/column.ts"
import type { Partitions, PartitionText } from "../declare/partition.ts"
import type { Window } from "../declare/read.ts"
import type { SourceAsset } from "../declare/source.ts"
import { type Sql, renderSql } from "../declare/sql.ts"
import type { ReadVersions } from "../execute/effects.ts"
import { fingerprint } from "../fingerprint.ts"
import { type Graph, assetNamed, assetRead, outputsOf } from "../graph/graph.ts"
import { lastingName, lastingRelation } from "./inputs.ts"

/** Turns text into a hash of it; tests that want to read versions give the text back. */
export type Hash = (text: string) => string

/** A query's text → the hash of the query as the engine parses it, where formatting and comments do not count. */
export type ParsedQueries = ReadonlyMap<string, string>

/** What the declaration of a computation comes to, as far as it decides what is stale. */
export interface Versions {
  readonly code: string
  /** The halves of the code's fingerprint, as signed numbers. */
  readonly lowCode: number
  readonly highCode: number
  /** For each output the version of its checks. */
  readonly checks: readonly string[]
}

interface KnownVersions {
  readonly versions: readonly Versions[]
  readonly parsed: ParsedQueries
  readonly hash: Hash
}

const known = new WeakMap<Graph, KnownVersions>()

/** The versions of every computation of a graph in their order, computed once: the same graph is judged again and again. */
export function versionsOf(graph: Graph, parsed: ParsedQueries, hash: Hash): readonly Versions[] {
  const before = known.get(graph)
  if (before?.parsed === parsed && before.hash === hash) return before.versions
  const versions = graph.computations.map((computation) => {
    const code = codeVersion(graph, computation, parsed, hash)
    const checks = outputsOf(graph, computation).map((asset) => checksVersion(asset, hash))
    const { low, high } = fingerprint(code)
    return { code, lowCode: low | 0, highCode: high | 0, checks }
  })
  known.set(graph, { versions, parsed, hash })
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
export function queryTexts(graph: Graph): readonly string[] {
  return graph.computations.flatMap((computation) =>
    computation.kind === "code"
      ? []
      : [computation.shared, ...computation.outputs.map(({ query }) => query)]
          .filter((query) => query !== undefined)
          .map(versionText),
  )
}

/** A query as versions take it: whatever day it is made for, and whatever its upstreams are called today. */
function versionText(query: Sql): string {
  return renderSql(query, anyPartition, lastingRelation)
}

/**
 * Hash of everything that decides the rows of a computation apart from its inputs. Descriptions, checks, freshness
 * and publication do not count. The text is canonical as it stands: all its objects have their keys in order.
 */
export function codeVersion(
  graph: Graph,
  computation: Computation,
  parsed: ParsedQueries,
  hash: Hash,
): string {
  const outputs = outputsOf(graph, computation)
  const text = JSON.stringify({
    code: computation.kind === "code" ? computation.version : queriesOf(graph, computation, parsed),
    kind: computation.kind,
    outputs: outputs.map((asset) => [lastingName(asset), columnTypes(asset.columns)]),
    partitions: outputs.map((asset) => grainOf(asset.partitions)),
    reads: computation.reads.map((read) => [
      lastingRelation(read),
      windowRule(read.window),
      readingRules(assetRead(graph, computation, read)),
    ]),
  })
  return hash(text)
}

function windowRule(window: Window): Readonly<Record<string, unknown>> {
  if (window.kind !== "offsets") return { kind: window.kind }
  const { from, kind, onShortWindow, to } = window
  return { from, kind, onShortWindow, to }
}

function queriesOf(
  graph: Graph,
  computation: Extract<Computation, { kind: "sql" }>,
  parsed: ParsedQueries,
): readonly unknown[] {
  const version = (query: Sql): string => {
    const text = versionText(query)
    return parsed.get(text) ?? text
  }
  const shared = computation.shared === undefined ? [] : [version(computation.shared)]
  return [
    ...shared,
    ...computation.outputs.map(({ asset, query }) => [
      lastingName(assetNamed(graph, asset)),
      version(query),
    ]),
  ]
}

/** What a partition stands for; where a range of time begins and ends, and which keys a set has, changes no rows. */
function grainOf(partitions: Partitions): readonly string[] {
  return partitions.kind === "none" || partitions.kind === "static"
    ? [partitions.kind]
    : [partitions.kind, partitions.zone]
}

function columnTypes(columns: Columns): readonly unknown[] {
  return Object.keys(columns).map((name) => [name, columns[name]?.type, columns[name]?.nullable])
}

/** How a source's files become rows; of an asset nothing counts but its content. */
function readingRules(asset: AnyAsset): unknown {
  return asset.kind === "source" ? sourceRules(asset) : null
}

function sourceRules(source: SourceAsset): unknown {
  const { duplicate, lineKinds } = source
  return {
    columns: columnTypes(source.columns),
    duplicate: duplicate && [
      duplicate.reason,
      duplicate.columns,
      renderSql(duplicate.when, anyPartition),
    ],
    format: keysInOrder(source.format),
    lineKinds: lineKinds
      ? keysInOrder({ ...lineKinds, kinds: keysInOrder(lineKinds.kinds) })
      : null,
    reject: source.reject.map(({ reason, when }) => [reason, renderSql(when, anyPartition)]),
  }
}

/** Hash of the code and of the exact versions of everything that one partition reads. */
export function inputVersion(code: string, reads: readonly ReadVersions[], hash: Hash): string {
  const inputs = reads.map(({ relation, asset, versions }) => ({ asset, relation, versions }))
  return hash(JSON.stringify({ code, inputs })) // canonical as it stands: the keys are in order, all else is arrays
}

/** Hash of an asset's checks: when it changes the checks run again on the rows that are there. Its text is canonical too. */
export function checksVersion(asset: Asset, hash: Hash): string {
  return hash(JSON.stringify([columnTypes(asset.columns), asset.checks.map(checkRule)]))
}

function checkRule(check: Check): unknown {
  const { rule, name, severity } = check
  return [name, severity, rule.kind === "no_rows" ? versionText(rule.query) : keysInOrder(rule)]
}

/** Text that two values share exactly when they are equal: JSON with the keys in order. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? keysInOrder(inner)
      : inner,
  )
}

function keysInOrder(value: object): object {
  return Object.fromEntries(
    Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
  )
}
