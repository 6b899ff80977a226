import { createHash } from "node:crypto"
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"

import {
  formatFingerprint,
  formatPartitionKey,
  type Graph,
  computeInputVersion,
  type Lanes,
  listQueryTexts,
  type MaterializationHistory,
  type ParsedQueries,
  type ReadVersions,
  formatRelationName,
} from "@freshet/core/engine"
import pg from "pg"
import { from as copyFrom } from "pg-copy-streams"

import { hash } from "./plan-hash.ts"
import { getRecordedVersion, createSnapshot, declareWindow } from "./plan-ledger.ts"
import { dailyPartitions, getAssetName, type Shape } from "./plan-project.ts"
import { createScenarios } from "./plan-scenarios.ts"

/** Lands a file of one row for every day of every source. */
export function landSources({ sources, days }: Shape, landing: string): void {
  for (let source = 0; source < sources; source += 1) {
    mkdirSync(join(landing, getAssetName(source)), { recursive: true })
    for (let day = 0; day < days; day += 1) {
      const name = `${formatPartitionKey(dailyPartitions, day)}.json`
      writeFileSync(join(landing, getAssetName(source), name), formatRow(source, day))
    }
  }
}

function formatRow(source: number, day: number): string {
  const row = {
    order_id: source * 1000 + day,
    customer_id: day,
    product_id: source,
    amount: 100,
    note: null,
    ordered_at: `${formatPartitionKey(dailyPartitions, day)}T12:00:00Z`,
  }
  return `${JSON.stringify(row)}\n`
}

/** Computes the data version of a partition: that of its file for a source. */
function getVersion({ sources }: Shape, asset: number, day: number): string {
  if (asset >= sources) return getRecordedVersion(asset, day)
  return sha256(`${sha256(formatRow(asset, day))}\n`)
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex")
}

/** Builds the key of a partition in the lake. */
function getFilePath(asset: number, day: number): string {
  const [key, version] = [formatPartitionKey(dailyPartitions, day), getRecordedVersion(asset, day)]
  return `${getAssetName(asset)}/${key}/${version.slice(0, 32)}.parquet`
}

/** The number of newest days of each asset whose files every command looks up at this size. */
const storedDays = 3

/** Writes the files of the newest days into the lake, without content. */
export function storeNewest({ sources, assets, days }: Shape, lake: string): void {
  for (let asset = sources; asset < assets; asset += 1)
    for (let day = days - storedDays; day < days; day += 1) {
      const path = join(lake, getFilePath(asset, day))
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, "")
    }
}

/** Fills a ledger with the records of a complete run; returns the number of rows. */
export async function recordAll(shape: Shape, graph: Graph, databaseUrl: string): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const parsed = await readParsedQueries(client, graph)
    const version = (asset: number, day: number) => getVersion(shape, asset, day)
    const { unchanged } = createScenarios(shape)
    const { histories } = createSnapshot(shape, unchanged, graph, { parsed, hash, version })
    const count = (shape.assets - shape.sources) * shape.days
    await client.query(buildStepsQuery(count))
    const columns = `id, asset, partition, code_version, input_version, fingerprint, data_version,
      file, rows, bytes, duration_ms, recorded_at, check_version, failed_errors, failed_warnings,
      step, last_step, seq`
    const copy = client.query(copyFrom(`copy freshet.materializations (${columns}) from stdin`))
    await pipeline(Readable.from(formatRows(shape, graph, histories)), copy)
    for (const column of ["id", "seq"])
      await client.query(`select setval('freshet.materializations_${column}_seq', ${count})`)
    await client.query("vacuum analyze")
    await client.query("checkpoint")
    return count
  } finally {
    await client.end()
  }
}

async function readParsedQueries(client: pg.Client, graph: Graph): Promise<ParsedQueries> {
  const { rows } = await client.query<{ text_hash: string; parsed_hash: string }>(
    "select text_hash, parsed_hash from freshet.query_texts",
  )
  const parsedHashes = new Map(rows.map((row) => [row.text_hash, row.parsed_hash]))
  return new Map(listQueryTexts(graph).map((text) => [text, parsedHashes.get(hash(text)) ?? ""]))
}

/** Builds a run with one step per partition. */
const buildStepsQuery = (count: number) => `
  insert into freshet.runs (id, command, steps, host, pid, started_at, ended_at, outcome)
  values ('20261122-000000-000000', 'freshet backfill', ${count}, 'bench', 1, now(), now(), 'succeeded');
  insert into freshet.steps (
    run, computation, partition, input_version, fingerprint, outcome, reads, rows, bytes, started_at, ended_at
  )
  select '20261122-000000-000000', '', number, '', '', 'materialized', '[]', 1, 100, now(), now()
  from generate_series(1, ${count}) as number`

function* formatRows(
  shape: Shape,
  graph: Graph,
  histories: ReadonlyMap<string, MaterializationHistory>,
): Generator<string> {
  let id = 0
  for (let asset = shape.sources; asset < shape.assets; asset += 1) {
    const history = histories.get(getAssetName(asset))
    const [version] = history?.versions ?? []
    if (history === undefined || version === undefined) throw new Error(`no ${getAssetName(asset)}`)
    const lines: string[] = []
    for (let day = 0; day < shape.days; day += 1) {
      id += 1
      const inputText = formatFingerprint(getFingerprint(history.inputs, day))
      const check = version.checks[0]?.version ?? ""
      const input = computeInputVersion(
        graph,
        version.codeVersion,
        listReadVersions(shape, asset, day),
        hash,
      )
      const row = [id, getAssetName(asset), day, version.codeVersion, input, inputText]
      row.push(
        getRecordedVersion(asset, day),
        getFilePath(asset, day),
        1,
        100,
        10,
        "2026-01-01",
        check,
      )
      lines.push([...row, 0, 0, id, id, id].join("\t"))
    }
    yield `${lines.join("\n")}\n`
  }
}

/** Lists the versions that a partition reads. */
function listReadVersions(shape: Shape, asset: number, day: number): readonly ReadVersions[] {
  return (shape.reads[asset] ?? []).map(({ upstreamIndex, days }) => {
    const versions: [number, string][] = []
    for (let readDay = Math.max(0, day + 1 - days); readDay <= day; readDay += 1)
      versions.push([readDay, getVersion(shape, upstreamIndex, readDay)])
    const relation = formatRelationName({
      window: declareWindow(days),
      asset: { name: getAssetName(upstreamIndex) },
    })
    return { relation, asset: getAssetName(upstreamIndex), short: false, versions }
  })
}

function getFingerprint({ low, high }: Lanes, day: number) {
  return { low: low[day] ?? 0, high: high[day] ?? 0 }
}
