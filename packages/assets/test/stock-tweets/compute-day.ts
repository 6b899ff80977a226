import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"

import type { Asset, SourceAsset } from "@freshet/core"
import { formatPartition, parseDay, type Relation } from "@freshet/core/engine"

import { stockTweets } from "../../src/index.ts"
import { findAsset } from "../find-asset.ts"
import type { EngineFixture } from "../stocktwits/with-engine.ts"

/** Rows of an asset on a day as JSON texts, sorted, and the number of lines that its source quarantined for each reason. */
export interface ComputedDay {
  readonly rows: readonly string[]
  readonly quarantined: ReadonlyMap<string, number>
}

/** Writes the files of a folder of the landing zone, such as `twitter/2026/03/08`. */
export function landFiles(landing: string, folder: string, texts: readonly string[]): void {
  mkdirSync(join(landing, folder), { recursive: true })
  for (const [at, text] of texts.entries())
    writeFileSync(join(landing, folder, `messages-${at}.json`), text)
}

/** Computes an asset that reads a source, for one day; any share of bad lines is tolerated. */
export async function computeDay(
  fixture: EngineFixture,
  name: string,
  day: string,
): Promise<ComputedDay> {
  const asset = findAsset(stockTweets(), name)
  const relations = asset.computation.reads.flatMap(({ asset: source }) =>
    source?.kind === "source" ? [createRelation(fixture, source, day)] : [],
  )
  const result = await fixture.engine.compute(
    {
      computation: asset.computation,
      outputs: [asset],
      partition: formatPartition(asset.partitions, parseDay(day) ?? 0),
      folder: day,
      inputVersion: "v",
      relations,
    },
    () => {},
  )
  if (result.kind === "checks_failed") throw new Error(JSON.stringify(result.checks))
  const files = result.outputs.map(({ file }) => file)
  return {
    rows: await readRows(fixture, asset, files),
    quarantined: new Map(
      result.lineCounts.flatMap(({ reasons }) =>
        reasons.map(({ reason, lines }) => [reason, lines] as const),
      ),
    ),
  }
}

function createRelation({ landing }: EngineFixture, source: SourceAsset, day: string): Relation {
  const folder = source.path.slice(0, source.path.indexOf("{")) + day.replaceAll("-", "/")
  const files = readdirSync(join(landing, folder)).map((file) => ({
    path: `${folder}/${file}`,
    hash: file,
    bytes: statSync(join(landing, folder, file)).size,
  }))
  const landedSource = { ...source, tolerance: 1 }
  const partitions = [{ key: day, files }]
  return { kind: "landed", name: source.name, source: landedSource, partitions }
}

async function readRows({ engine }: EngineFixture, asset: Asset, files: readonly string[]) {
  const { name, columns } = asset
  const relation: Relation = { kind: "stored", name, columns, files }
  const sql = `from "${name}"`
  return await engine.query({ sql, relations: [relation] }, async ({ batches }) => {
    const rows: string[] = []
    for await (const batch of batches)
      for (const row of batch)
        rows.push(JSON.stringify(Object.keys(columns).map((key) => row[key])))
    return rows.toSorted()
  })
}
