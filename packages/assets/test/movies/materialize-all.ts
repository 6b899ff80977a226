import { existsSync, statSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { join } from "node:path"

import { type AnyAsset, type Asset, type Sql, unpartitioned } from "@freshet/core"
import {
  buildGraph,
  type CheckResult,
  formatPartition,
  formatRelationName,
  getOutputs,
  type LandedFile,
  type LineCount,
  listReads,
  type Relation,
  type SqlComputation,
} from "@freshet/core/engine"

import type { EngineFixture } from "../stocktwits/with-engine.ts"

/** Results of assets without partitions, each materialized once from the landed files. */
export interface MaterializedAssets {
  /** One array a row, its values in the order of the declared columns. */
  readonly rows: (asset: string) => Promise<readonly (readonly unknown[])[]>
  readonly checks: readonly CheckResult[]
  /** Results of the checks over spoiled rows. */
  readonly spoiledChecks: readonly CheckResult[]
  readonly lineCounts: readonly LineCount[]
  /** Source → the lines of it that were set aside: number and reason. */
  readonly quarantined: (
    source: string,
  ) => Promise<readonly (readonly [line: number, reason: string])[]>
}

interface QuarantinedLine {
  readonly line: number
  readonly reason: string
}

/** Makes an asset's rows wrong. */
export type Spoil = (asset: Asset, query: Sql) => Sql

/**
 * Makes every asset after what it reads; one that waits for a file that is not there is left out, with what reads it.
 * Any share of bad lines is tolerated. Each computation is also made as each of the spoils has it, only to see what its
 * checks say.
 */
export async function materializeAll(
  declarations: readonly AnyAsset[],
  fixture: EngineFixture,
  spoils: readonly Spoil[] = [],
): Promise<MaterializedAssets> {
  const built = buildGraph(declarations)
  if (built.kind === "problems") throw new Error(JSON.stringify(built.problems))
  const files = new Map<string, string>() // "movies" → the key of its rows
  const [checks, lineCounts]: [CheckResult[], LineCount[]] = [[], []]
  const spoiledChecks: CheckResult[] = []
  for (const computation of built.graph.computations) {
    const outputs = getOutputs(built.graph, computation)
    const relations = outputs.flatMap(createRelationLister(fixture, files))
    if (relations.includes(undefined)) continue
    const request = {
      computation,
      outputs,
      partition: formatPartition(unpartitioned, 0),
      folder: "all",
      inputVersion: "v",
      relations: relations.filter((relation) => relation !== undefined),
    }
    for (const [at, spoil] of spoils.entries()) {
      if (computation.kind === "code") continue
      const wrong = {
        ...request,
        inputVersion: `wrong${at}`,
        computation: spoilComputation(spoil, outputs, computation),
      }
      spoiledChecks.push(...(await fixture.engine.compute(wrong, () => {})).checks)
    }
    const result = await fixture.engine.compute(request, () => {})
    checks.push(...result.checks)
    lineCounts.push(...result.lineCounts)
    if (result.kind === "materialized")
      for (const { asset, file } of result.outputs) files.set(asset, file)
  }
  return {
    checks,
    spoiledChecks,
    lineCounts,
    rows: (name) => readRows(fixture, getAsset(declarations, name), files.get(name)),
    quarantined: (source) =>
      readQuarantinedLines(
        fixture,
        lineCounts.find((count) => count.source === source),
      ),
  }
}

function spoilComputation(
  spoil: Spoil,
  assets: readonly Asset[],
  computation: SqlComputation,
): SqlComputation {
  const outputs = computation.outputs.map(({ asset, query }) => {
    const declared = assets.find(({ name }) => name === asset)
    return { asset, query: declared === undefined ? query : spoil(declared, query) }
  })
  return { ...computation, outputs }
}

function getAsset(declarations: readonly AnyAsset[], name: string): Asset {
  const declaredAsset = declarations.find((asset) => asset.name === name)
  if (declaredAsset?.kind !== "asset") throw new Error(`no asset ${name}`)
  return declaredAsset
}

function createRelationLister(fixture: EngineFixture, files: ReadonlyMap<string, string>) {
  return ({ computation, checks }: Asset): (Relation | undefined)[] => {
    const checkQueries = checks.map(({ rule }) =>
      rule.kind === "no_rows" ? rule.query : undefined,
    )
    const outputNames = new Set(computation.outputs.map(({ asset }) => asset))
    const reads = [...computation.reads, ...listReads(...checkQueries)]
    const readsByName = new Map(reads.map((read) => [formatRelationName(read), read]))
    return [...readsByName].flatMap(([name, { asset }]): (Relation | undefined)[] => {
      if (asset === undefined || outputNames.has(asset.name)) return []
      if (asset.kind === "source") return [findLandedRelation(fixture, asset)]
      const file = files.get(asset.name)
      if (file === undefined) return [undefined]
      return [{ kind: "stored", name, columns: asset.columns, files: [file] }]
    })
  }
}

function findLandedRelation(fixture: EngineFixture, source: Extract<AnyAsset, { kind: "source" }>) {
  const paths = [source.path, `${source.path}.gz`]
  const files = paths.flatMap((path): LandedFile[] => {
    const at = join(fixture.landing, path)
    return existsSync(at) ? [{ path, hash: path, bytes: statSync(at).size }] : []
  })
  if (files.length === 0 && source.whenMissing === "wait") return undefined
  const partitions = files.length === 0 ? [] : [{ key: "all", files }]
  return {
    kind: "landed",
    name: source.name,
    source: { ...source, tolerance: 1 },
    partitions,
  } as const
}

async function readRows({ engine }: EngineFixture, asset: Asset, file: string | undefined) {
  if (file === undefined) throw new Error(`${asset.name} was not made`)
  const { name, columns } = asset
  const relation: Relation = { kind: "stored", name, columns, files: [file] }
  const sql = `from "${name}"`
  return await engine.query({ sql, relations: [relation] }, async ({ batches }) => {
    const rows: unknown[][] = []
    for await (const batch of batches)
      for (const row of batch) rows.push(Object.keys(columns).map((column) => row[column]))
    return rows
  })
}

async function readQuarantinedLines({ store }: EngineFixture, count: LineCount | undefined) {
  if (count?.file === undefined) return []
  const text = await readFile(await store.localPath(count.file), "utf8")
  const lines = text.split("\n").slice(0, -1)
  const quarantinedLines = lines.map((text): QuarantinedLine => JSON.parse(text)) // the engine wrote it
  return quarantinedLines
    .map(({ line, reason }) => [line, reason] as const)
    .toSorted(([a], [b]) => a - b)
}
