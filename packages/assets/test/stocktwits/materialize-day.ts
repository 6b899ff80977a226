import { existsSync, readdirSync, statSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { join } from "node:path"

import type { AnyAsset, Asset, Read, SourceAsset } from "@freshet/core"
import {
  type CheckResult,
  type ComputeResult,
  formatPartition,
  formatRelationName,
  type LineCount,
  listReads,
  parseDay,
  type Relation,
} from "@freshet/core/engine"
import type { DuckdbEngine, Store } from "@freshet/io"

import { listDaysEnding } from "./oracle/days-ending.ts"

export interface LandedProject {
  readonly engine: DuckdbEngine
  readonly store: Store
  readonly landing: string
  /** The day of the first activity file, from which on everything has partitions. */
  readonly firstDay: string
}

export interface QuarantinedLine {
  readonly day: string
  readonly line: number
  readonly reason: string
}

/** Results of a day and of the days before it: the rows of its assets, check results, line counts and quarantined lines. */
export interface MaterializedDay {
  /** One array a row, its values in the order of the declared columns; of an earlier day if it is given. */
  readonly rows: (asset: string, day?: string) => Promise<readonly (readonly unknown[])[]>
  /** The stored file of an asset on the day. */
  readonly bytes: (asset: string) => Promise<Buffer>
  readonly checks: readonly (CheckResult & { readonly day: string })[]
  readonly lineCounts: readonly (LineCount & { readonly day: string })[]
  readonly quarantined: readonly QuarantinedLine[]
}

type MaterializedResult = Extract<ComputeResult, { readonly kind: "materialized" }>

/** Materializes these assets for the day, and the partitions that they and their checks read, once each; any share of bad lines is tolerated. */
export async function materializeDay(
  assets: readonly AnyAsset[],
  project: LandedProject,
  day: string,
): Promise<MaterializedDay> {
  const resultsByKey = new Map<string, Promise<MaterializedResult>>() // "activities 2026-01-05" → its outputs
  const results: { day: string; result: MaterializedResult }[] = []

  const materializeOnce = (asset: Asset, at: string): Promise<MaterializedResult> => {
    const key = `${asset.computation.name} ${at}`
    const pendingResult = resultsByKey.get(key) ?? materialize(asset, at)
    resultsByKey.set(key, pendingResult)
    return pendingResult
  }
  const materialize = async (asset: Asset, at: string): Promise<MaterializedResult> => {
    const { computation } = asset
    const outputs = assets.filter(isAsset).filter((output) => output.computation === computation)
    const relations: Relation[] = []
    for (const read of listOutputReads(outputs)) relations.push(await getRelation(read, asset, at))
    const keys = { partition: formatPartition(asset.partitions, parseDay(at) ?? 0), folder: at }
    const request = { computation, outputs, ...keys, inputVersion: "v", relations }
    const result = await project.engine.compute(request, () => {})
    if (result.kind === "checks_failed")
      throw new Error(JSON.stringify(result.checks.filter((check) => !check.passed)))
    results.push({ day: at, result })
    return result
  }
  const getRelation = async (read: Read, reader: Asset, at: string): Promise<Relation> => {
    const upstream = read.asset ?? reader
    const name = formatRelationName(read)
    if (upstream.kind === "source") return createLandedRelation(name, upstream, read, at)
    const files: string[] = []
    for (const readDay of listDays(read, at)) {
      const { outputs } = await materializeOnce(upstream, readDay)
      files.push(
        ...outputs.filter((output) => output.asset === upstream.name).map(({ file }) => file),
      )
    }
    return { kind: "stored", name, columns: upstream.columns, files }
  }
  const listDays = ({ window }: Read, at: string): readonly string[] => {
    if (window.kind === "offsets")
      return keepLandedDays(
        listDaysEnding(at, 1 - window.from).slice(0, 1 + window.to - window.from),
      )
    if (window.kind === "previous") return keepLandedDays(listDaysEnding(at, 2).slice(0, 1))
    return [at]
  }
  const keepLandedDays = (days: readonly string[]) =>
    days.filter((landedDay) => landedDay >= project.firstDay)
  const createLandedRelation = (
    name: string,
    source: SourceAsset,
    read: Read,
    at: string,
  ): Relation => {
    const files = listLandedFiles(project.landing, source).filter(({ key }) =>
      read.window.kind === "latest" ? key <= at : key === at,
    )
    const partitions = files.slice(-1)
    return { kind: "landed", name, source: { ...source, tolerance: 1 }, partitions }
  }

  for (const asset of assets.filter(isAsset)) await materializeOnce(asset, day)
  const lineCounts = results.flatMap(({ day, result }) =>
    result.lineCounts.map((count) => ({ ...count, day })),
  )
  const quarantined = await Promise.all(
    lineCounts.map(({ day, file }) => readQuarantinedLines(project.store, day, file)),
  )
  const findAsset = (name: string): Asset => {
    const asset = assets.filter(isAsset).find((candidate) => candidate.name === name)
    if (asset === undefined) throw new Error(`no asset ${name}`)
    return asset
  }
  return {
    bytes: async (name) => {
      const { outputs } = await materializeOnce(findAsset(name), day)
      const file = outputs.find((output) => output.asset === name)?.file ?? ""
      return await readFile(await project.store.localPath(file))
    },
    rows: async (name, at = day) => {
      const asset = findAsset(name)
      return await readRows(project, asset, await getRelation(readSelf(asset), asset, at))
    },
    checks: results.flatMap(({ day, result }) => result.checks.map((check) => ({ ...check, day }))),
    lineCounts,
    quarantined: quarantined.flat(),
  }
}

function isAsset(asset: AnyAsset): asset is Asset {
  return asset.kind === "asset"
}

function readSelf(asset: Asset): Read {
  return { kind: "read", asset, window: { kind: "same" } }
}

/** Without the rows that are being checked, which the engine knows itself. */
function listOutputReads(outputs: readonly Asset[]): readonly Read[] {
  const reads = outputs.flatMap(({ computation, checks }) => [
    ...computation.reads,
    ...listReads(...checks.map(({ rule }) => (rule.kind === "no_rows" ? rule.query : undefined))),
  ])
  const readsByName = new Map(reads.map((read) => [formatRelationName(read), read]))
  return [...readsByName.values()].filter((read) => formatRelationName(read) !== "itself")
}

function listLandedFiles(landing: string, source: SourceAsset) {
  const [folder = "", extension = ""] = source.path.split("{partition}")
  const names = existsSync(join(landing, folder)) ? readdirSync(join(landing, folder)) : []
  return names.toSorted().map((name) => ({
    key: name.slice(0, -extension.length),
    files: [{ path: folder + name, hash: name, bytes: statSync(join(landing, folder, name)).size }],
  }))
}

async function readRows({ engine }: LandedProject, asset: Asset, relation: Relation) {
  const sql = `from "${asset.name}" order by all`
  return await engine.query({ sql, relations: [relation] }, async ({ batches }) => {
    const rows: unknown[][] = []
    for await (const batch of batches)
      for (const row of batch) rows.push(Object.keys(asset.columns).map((name) => row[name]))
    return rows
  })
}

async function readQuarantinedLines(store: Store, day: string, file: string | undefined) {
  if (file === undefined) return []
  const text = await readFile(await store.localPath(file), "utf8")
  const lines = text.split("\n").slice(0, -1)
  return lines.map((text): QuarantinedLine => {
    const { line, reason } = JSON.parse(text) as QuarantinedLine // the engine wrote it
    return { day, line, reason }
  })
}
