import type { Columns } from "../declare/column.ts"
import type {
  AnyAsset,
  Asset,
  Computation,
  Check,
  SourceAsset,
  Sql,
} from "../declare/declaration.ts"
import { formatPartitionKey, type Partitions, type PartitionText } from "../declare/partition.ts"
import { renderSql } from "../declare/sql.ts"
import type { Window } from "../declare/window.ts"
import { type Graph, getAsset, getAssetRead, getOutputs } from "../graph/graph.ts"
import { findAssetByStableName, formatStableRead, getStableName } from "../graph/stable-name.ts"
import type { ReadVersions } from "../ports.ts"
import { computeFingerprint } from "./fingerprint.ts"

/** Hashes a text; tests that read versions use the identity. */
export type Hash = (text: string) => string

/** Query text → hash of the query's parse tree, which formatting and comments do not change. */
export type ParsedQueries = ReadonlyMap<string, string>

/** The versions of a computation's declaration that decide staleness. */
export interface DeclaredVersions {
  readonly code: string
  /** The halves of the code's fingerprint, as signed numbers. */
  readonly lowCode: number
  readonly highCode: number
  /** The version of each output's checks. */
  readonly checks: readonly string[]
}

interface CachedVersions {
  readonly versions: readonly DeclaredVersions[]
  readonly parsed: ParsedQueries
  readonly hash: Hash
}

const versionCache = new WeakMap<Graph, CachedVersions>()

/** The versions of every computation of a graph, in their order. The result is cached by graph. */
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

/** Placeholders for the values of a partition in a query's text. */
const anyPartition: PartitionText = {
  key: "partition",
  day: "0001-01-01",
  start: "0001-01-01T00:00:00Z",
  end: "0001-01-02T00:00:00Z",
}

/** Lists the query texts whose parse trees the code versions of a graph depend on. */
export function listQueryTexts(graph: Graph): readonly string[] {
  return graph.computations.flatMap((computation) =>
    computation.kind === "code"
      ? []
      : [computation.shared, ...computation.outputs.map(({ query }) => query)]
          .filter((query) => query !== undefined)
          .map((query) => renderVersionText(graph, query)),
  )
}

/** Renders a query for its version, independent of the partition and of the current names of its upstreams. */
function renderVersionText(graph: Pick<Graph, "assets">, query: Sql): string {
  return renderSql(query, anyPartition, (read) => formatStableRead(graph, read))
}

/**
 * Computes the hash of everything that decides the rows of a computation apart from its inputs. Descriptions, checks,
 * freshness and publication are not part of it. The hashed text is canonical: the keys of its objects are sorted.
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
    outputs: outputs.map((asset) => [getStableName(graph, asset), listColumnTypes(asset.columns)]),
    partitions: outputs.map((asset) => describePartitions(asset.partitions)),
    reads: computation.reads.map((read) => [
      formatStableRead(graph, read),
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
    const text = renderVersionText(graph, query)
    return parsed.get(text) ?? text
  }
  const shared = computation.shared === undefined ? [] : [getQueryVersion(computation.shared)]
  return [
    ...shared,
    ...computation.outputs.map(({ asset, query }) => [
      getStableName(graph, getAsset(graph, asset)),
      getQueryVersion(query),
    ]),
  ]
}

/** Describes the meaning of a partition. The bounds of time and the list of static keys do not change its rows, so they are not part of it. */
function describePartitions(partitions: Partitions): readonly string[] {
  return partitions.kind === "none" || partitions.kind === "static"
    ? [partitions.kind]
    : [partitions.kind, partitions.zone]
}

function listColumnTypes(columns: Columns): readonly unknown[] {
  return Object.keys(columns).map((name) => [name, columns[name]?.type, columns[name]?.nullable])
}

/** Describes the conversion of a source's files to rows; null for an asset, for which only the content matters. */
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

/** The part of one read in an input version, as JSON. */
export interface ReadText {
  /** The beginning, with the stable names of asset and relation. */
  readonly head: string
  /** The partitions with their data versions, oldest first; static partitions in the order of their keys. */
  readonly versions: readonly string[]
}

/** Formats the beginning of a read. */
export function formatReadHead({
  asset,
  relation,
}: Pick<ReadVersions, "asset" | "relation">): string {
  return `{"asset":${JSON.stringify(asset)},"relation":${JSON.stringify(relation)},"versions":[`
}

/** Formats a partition with its data version. */
export function formatVersionPair(partition: number | string, dataVersion: string): string {
  const name = typeof partition === "number" ? partition : JSON.stringify(partition)
  return `[${name},${JSON.stringify(dataVersion)}]`
}

/** Hashes the code and the data versions of all reads of one partition, as canonical JSON. The result decides if rows are fresh. */
export function hashInputs(code: string, reads: readonly ReadText[], hash: Hash): string {
  const inputs = reads.map(({ head, versions }) => `${head}${versions.join(",")}]}`)
  return hash(`{"code":${JSON.stringify(code)},"inputs":[${inputs.join(",")}]}`)
}

/** Computes the input version of a partition. */
export function computeInputVersion(
  graph: Graph,
  code: string,
  reads: readonly ReadVersions[],
  hash: Hash,
): string {
  const texts = reads.map((read) => {
    const partitions = findAssetByStableName(graph, read.asset)?.partitions ?? { kind: "none" }
    return { head: formatReadHead(read), versions: formatVersionPairs(partitions, read.versions) }
  })
  return hashInputs(code, texts, hash)
}

/** Formats the partitions of a read. Static partitions are sorted and named by key, because positions of keys change. */
export function formatVersionPairs(
  partitions: Partitions,
  versions: ReadVersions["versions"],
): readonly string[] {
  if (partitions.kind !== "static")
    return versions.map(([index, version]) => formatVersionPair(index, version))
  return versions
    .map(([index, version]) => [formatPartitionKey(partitions, index), version] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, version]) => formatVersionPair(key, version))
}

/** Lists the input versions under which rows with these inputs may be recorded, the current form first. Earlier releases named static partitions by position. */
export function listInputVersions(
  graph: Graph,
  code: string,
  reads: readonly ReadVersions[],
  hash: Hash,
): readonly string[] {
  const version = computeInputVersion(graph, code, reads, hash)
  const isKeyed = reads.some(
    ({ asset }) => findAssetByStableName(graph, asset)?.partitions.kind === "static",
  )
  if (!isKeyed) return [version]
  const texts = reads.map((read) => ({
    head: formatReadHead(read),
    versions: read.versions.map(([index, dataVersion]) => formatVersionPair(index, dataVersion)),
  }))
  return [version, hashInputs(code, texts, hash)]
}

/** Computes the hash of an asset's checks. When it changes, the checks run again on the stored rows. The hashed text is canonical. */
export function computeChecksVersion(asset: Asset, hash: Hash): string {
  return hash(JSON.stringify([listColumnTypes(asset.columns), asset.checks.map(describeCheck)]))
}

/** Checks name what they read by its oldest name, without regard to reused names. */
const noAssets: Pick<Graph, "assets"> = { assets: new Map() }

function describeCheck(check: Check): unknown {
  const { rule, name, severity } = check
  return [
    name,
    severity,
    rule.kind === "no_rows" ? renderVersionText(noAssets, rule.query) : sortKeys(rule),
  ]
}

/** Formats a value as JSON with sorted keys: two values have the same text exactly when they are equal. */
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
