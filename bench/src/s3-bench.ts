/** Compares a run over an object store with the same run over folders. Usage: s3-bench.js [--pairs 5]. */
import { mkdtempSync, rmSync } from "node:fs"
import { loadavg, tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"

import {
  createBucket,
  getS3Environment,
  mirrorFolder,
  type S3Server,
  startS3Server,
} from "@freshet/io/testing"

import { type BenchServer, withBenchServer } from "./bench-server.ts"
import { createDemoLanding } from "./demo-landing.ts"
import { freshetPath, toEnvironmentVariables } from "./freshet-process.ts"
import { findMedian, measure, type Measurement } from "./measure-process.ts"

const limit = 1.5
const bucket = "freshet-bench"

interface Bench {
  readonly folder: string
  readonly landing: string
  readonly database: BenchServer
  readonly objects: S3Server
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { pairs: { type: "string", default: "5" } } })
  const folder = mkdtempSync(join(tmpdir(), "freshet-bench-s3-"))
  const landing = createDemoLanding("S", 7)
  const objects = await startS3Server(folder)
  try {
    await createBucket(objects, bucket)
    const place = { server: objects, bucket, prefix: "landing/stocktwits/" }
    await mirrorFolder(place, join(landing, "stocktwits"))
    return await withBenchServer((database) =>
      compare({ folder, landing, database, objects }, Number(values.pairs)),
    )
  } finally {
    await objects.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Measures both sides alternately after a warm-up. */
async function compare(bench: Bench, pairs: number): Promise<number> {
  const [inFolders, inS3]: [Measurement[], Measurement[]] = [[], []]
  for (let pair = 0; pair <= pairs; pair++) {
    const figures = [await measureRun(bench, {}), await measureRun(bench, toObjects(bench, pair))]
    if (pair === 0) continue
    inFolders.push(...figures.slice(0, 1))
    inS3.push(...figures.slice(1))
  }
  const ratio = findMedian(inS3.map(toWall)) / findMedian(inFolders.map(toWall))
  printRow(["", "folders", "S3", "ratio", "limit"])
  printRow(Array.from({ length: 5 }, () => "---"))
  for (const [name, figure] of Object.entries({ wall: toWall, CPU: toCpu })) {
    const [folderMs, s3Ms] = [findMedian(inFolders.map(figure)), findMedian(inS3.map(figure))]
    const cells = [`${folderMs.toFixed(0)} ms`, `${s3Ms.toFixed(0)} ms`]
    printRow([name, ...cells, (s3Ms / folderMs).toFixed(2), name === "wall" ? String(limit) : ""])
  }
  process.stdout.write(`\nload average ${loadavg()[0]?.toFixed(1)}\n`)
  return ratio <= limit ? 0 : 1
}

const toWall = ({ wallMs }: Measurement) => wallMs
const toCpu = ({ cpuMs }: Measurement) => cpuMs

/** Places landing zone and lake in the object store. */
function toObjects({ objects }: Bench, pair: number): Readonly<Record<string, string>> {
  return {
    ...getS3Environment(objects),
    FRESHET_LANDING: `s3://${bucket}/landing`,
    FRESHET_LAKE: `s3://${bucket}/lake-${pair}`,
  }
}

/** Measures a run with an empty lake, an empty ledger and no local copies. */
async function measureRun(
  { folder, landing, database }: Bench,
  variables: Readonly<Record<string, string>>,
): Promise<Measurement> {
  const home = join(folder, "home")
  rmSync(home, { recursive: true, force: true })
  const databaseUrl = await database.createDatabase()
  const words = [freshetPath, "materialize", "group:stocktwits", "--yes", "--no-publish"]
  const environment = { ...toEnvironmentVariables({ home, landing, databaseUrl }), ...variables }
  return measure(words, { figures: join(folder, "figures"), environment })
}

function printRow(cells: readonly string[]): void {
  process.stdout.write(`| ${cells.join(" | ")} |\n`)
}

process.exitCode = await main()
