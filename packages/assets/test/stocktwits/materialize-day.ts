import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"

import {
  type AnyAsset,
  type Asset,
  type CheckResult,
  type ComputeResult,
  type LineCount,
  type Read,
  readsOf,
  type Relation,
  relationName,
  type SourceAsset,
  findDay,
  partitionText,
} from "@freshet/core"
import type { DuckdbEngine, Store } from "@freshet/io"

import { daysEnding } from "./oracle/days-ending.ts"

export interface Landed {
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

/** What became of a day: the rows of its datasets, and what was said on the way, earlier days included. */
export interface MaterializedDay {
  /** One array a row, its values in the order of the declared columns. */
  readonly rows: (asset: string) => Promise<readonly (readonly unknown[])[]>
  readonly checks: readonly (CheckResult & { readonly day: string })[]
  readonly lineCounts: readonly (LineCount & { readonly day: string })[]
  readonly quarantined: readonly QuarantinedLine[]
}

type Made = Extract<ComputeResult, { readonly kind: "made" }>

/** Makes these assets for the day, and whatever they and their checks read, each partition once; any share of bad lines is tolerated. */
export async function materializeDay(
  assets: readonly AnyAsset[],
  landed: Landed,
  day: string,
): Promise<MaterializedDay> {
  const made = new Map<string, Promise<Made>>() // "activities 2026-01-05" → its outputs
  const results: { day: string; result: Made }[] = []

  const makeOnce = (asset: Asset, at: string): Promise<Made> => {
    const key = `${asset.computation.name} ${at}`
    const making = made.get(key) ?? make(asset, at)
    made.set(key, making)
    return making
  }
  const make = async (asset: Asset, at: string): Promise<Made> => {
    const { computation } = asset
    const outputs = assets.filter(isMade).filter((each) => each.computation === computation)
    const relations: Relation[] = []
    for (const read of readsOfOutputs(outputs)) relations.push(await relationOf(read, asset, at))
    const keys = { partition: partitionText(asset.partitions, findDay(at) ?? 0), folder: at }
    const request = { computation, outputs, ...keys, inputVersion: "v", relations }
    const result = await landed.engine.compute(request, () => {})
    if (result.kind === "refused")
      throw new Error(JSON.stringify(result.checks.filter((check) => !check.passed)))
    results.push({ day: at, result })
    return result
  }
  const relationOf = async (read: Read, reader: Asset, at: string): Promise<Relation> => {
    const upstream = read.asset ?? reader
    const name = relationName(read)
    if (upstream.kind === "source") return landedRelation(name, upstream, read, at)
    const files: string[] = []
    for (const each of daysOf(read, at)) {
      const { outputs } = await makeOnce(upstream, each)
      files.push(...outputs.filter((made) => made.asset === upstream.name).map(({ file }) => file))
    }
    return { kind: "stored", name, columns: upstream.columns, files }
  }
  const daysOf = ({ window }: Read, at: string): readonly string[] => {
    if (window.kind === "offsets") return since(daysEnding(at, 1 - window.from))
    if (window.kind === "previous") return since(daysEnding(at, 2).slice(0, 1))
    return [at]
  }
  const since = (days: readonly string[]) => days.filter((each) => each >= landed.firstDay)
  const landedRelation = (name: string, source: SourceAsset, read: Read, at: string): Relation => {
    const files = landedFiles(landed.landing, source).filter(({ key }) =>
      read.window.kind === "latest" ? key <= at : key === at,
    )
    const partitions = files.slice(-1)
    return { kind: "landed", name, source: { ...source, tolerance: 1 }, partitions }
  }

  for (const asset of assets.filter(isMade)) await makeOnce(asset, day)
  const lineCounts = results.flatMap(({ day, result }) =>
    result.lineCounts.map((count) => ({ ...count, day })),
  )
  return {
    rows: async (name) => {
      const asset = assets.filter(isMade).find((each) => each.name === name)
      if (asset === undefined) throw new Error(`no asset ${name}`)
      return await rowsOf(landed, asset, await relationOf(self(asset), asset, day))
    },
    checks: results.flatMap(({ day, result }) => result.checks.map((check) => ({ ...check, day }))),
    lineCounts,
    quarantined: lineCounts.flatMap(({ day, file }) => quarantinedLines(landed.store, day, file)),
  }
}

function isMade(asset: AnyAsset): asset is Asset {
  return asset.kind === "asset"
}

function self(asset: Asset): Read {
  return { kind: "read", asset, window: { kind: "same" } }
}

/** Without the rows that are being checked, which the engine knows itself. */
function readsOfOutputs(outputs: readonly Asset[]): readonly Read[] {
  const reads = outputs.flatMap(({ computation, checks }) => [
    ...computation.reads,
    ...readsOf(...checks.map(({ rule }) => (rule.kind === "no_rows" ? rule.query : undefined))),
  ])
  const named = new Map(reads.map((read) => [relationName(read), read]))
  return [...named.values()].filter((read) => relationName(read) !== "itself")
}

function landedFiles(landing: string, source: SourceAsset) {
  const [folder = "", extension = ""] = source.path.split("{partition}")
  const names = existsSync(join(landing, folder)) ? readdirSync(join(landing, folder)) : []
  return names.toSorted().map((name) => ({
    key: name.slice(0, -extension.length),
    files: [{ path: folder + name, hash: name, bytes: statSync(join(landing, folder, name)).size }],
  }))
}

async function rowsOf({ engine }: Landed, asset: Asset, relation: Relation) {
  const sql = `from "${asset.name}" order by all`
  return await engine.query({ sql, relations: [relation] }, async ({ batches }) => {
    const rows: unknown[][] = []
    for await (const batch of batches)
      for (const row of batch) rows.push(Object.keys(asset.columns).map((name) => row[name]))
    return rows
  })
}

function quarantinedLines(store: Store, day: string, file: string | undefined) {
  if (file === undefined) return []
  const lines = readFileSync(store.path(file), "utf8").split("\n").slice(0, -1)
  return lines.map((text): QuarantinedLine => {
    const { line, reason } = JSON.parse(text) as QuarantinedLine // the engine wrote it
    return { day, line, reason }
  })
}
