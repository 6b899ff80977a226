/** Compares Freshet with a hand-written script over 26 million ratings. Usage: bench.js ratings [M | L] [--pairs 3]. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { homedir, loadavg, tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"

import { type BenchServer, withBenchServer } from "./bench-server.ts"
import { compareContent } from "./compare-content.ts"
import {
  spawnFreshet,
  toEnvironmentVariables,
  freshetPath,
  type FreshetSettings,
} from "./freshet-process.ts"
import { measure, type Measurement, findMedian } from "./measure-process.ts"
import { catalogueDatasets, ratingsDatasets } from "./ratings-datasets.ts"

const limits = { cpu: 1.15, peakMb: 2048 }
const memoryMb = 2048
/** Memory of the engine in Freshet. */
const engineMb = Math.floor(memoryMb * 0.8)

const scriptPath = fileURLToPath(new URL("ratings-script.js", import.meta.url))

interface Bench {
  readonly server: BenchServer
  readonly folder: string
  readonly landing: string
  readonly pairs: number
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { pairs: { type: "string", default: "3" } },
  })
  const landing = createRatingsLanding(positionals[0] ?? "L")
  const folder = mkdtempSync(join(tmpdir(), "freshet-bench-ratings-"))
  try {
    const bench = { folder, landing, pairs: Number(values.pairs) }
    return await withBenchServer((server) => measurePairs({ ...bench, server }))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Generates films and ratings if they do not exist. */
function createRatingsLanding(scale: string): string {
  const landing = join(homedir(), ".cache", "freshet-bench", `ratings-${scale}-seed-1`)
  if (existsSync(join(landing, "movies", "ratings.csv"))) return landing
  print(`Generating the input of ${scale} in ${landing} …`)
  mkdirSync(landing, { recursive: true })
  const settings = { home: join(landing, "home"), landing, databaseUrl: "" }
  const words = ["demo-data", "--group", "movies", "--scale", scale, "--landing", landing]
  const result = spawnFreshet(words, settings)
  if (result.status !== 0) throw new Error(`\`freshet demo-data\` failed: ${result.stderr}`)
  return landing
}

interface Sides {
  readonly freshet: Measurement[]
  readonly checked: Measurement[]
  readonly bare: Measurement[]
}

async function measurePairs(bench: Bench): Promise<number> {
  const sides: Sides = { freshet: [], checked: [], bare: [] }
  for (let pair = 0; pair < bench.pairs; pair += 1) {
    const settings = await createCatalogue(bench)
    sides.freshet.push(measureFreshet(bench, settings))
    sides.checked.push(measureScript(bench, "checks"))
    if (pair === 0) await proveSameContent(bench, settings)
    sides.bare.push(measureScript(bench, ""))
  }
  return report(sides) ? 0 : 1
}

/** Creates a project whose films are materialized and whose ratings are not; the script reads the same films. */
async function createCatalogue({ server, folder, landing }: Bench): Promise<FreshetSettings> {
  const home = join(folder, "home")
  rmSync(home, { recursive: true, force: true })
  const settings = { home, landing, databaseUrl: await server.createDatabase() }
  const result = spawnFreshet(
    ["materialize", ...catalogueDatasets, "--no-publish", "--yes"],
    settings,
  )
  if (result.status !== 0) throw new Error(`the films were not made: ${result.stderr}`)
  mkdirSync(join(folder, "catalogue"), { recursive: true })
  for (const name of catalogueDatasets) {
    const [file = ""] = readdirSync(join(home, "lake", name, "all"))
    copyFileSync(
      join(home, "lake", name, "all", file),
      join(folder, "catalogue", `${name}.parquet`),
    )
  }
  return settings
}

function measureFreshet({ folder }: Bench, settings: FreshetSettings): Measurement {
  const words = [freshetPath, "materialize", ...ratingsDatasets, "--no-publish", "--yes"]
  const environment = { ...toEnvironmentVariables(settings), FRESHET_MEMORY_MB: String(memoryMb) }
  return measure(words, { figures: join(folder, "figures"), environment })
}

function measureScript({ folder, landing }: Bench, mode: string): Measurement {
  const out = join(folder, "script")
  rmSync(out, { recursive: true, force: true })
  const words = [scriptPath, landing, join(folder, "catalogue"), out, String(engineMb), mode]
  return measure(words, { figures: join(folder, "figures") })
}

async function proveSameContent({ folder }: Bench, { home }: FreshetSettings): Promise<void> {
  const compared = await compareContent(join(home, "lake"), join(folder, "script"), ratingsDatasets)
  const { files, rows, differences } = compared
  if (differences.length > 0) throw new Error(`The contents differ:\n${differences.join("\n")}`)
  print(`Both sides' contents are equal: ${files} files, ${rows.toLocaleString("en")} rows.`)
}

/** Prints all sides; returns true if the limits hold. */
function report(sides: Sides): boolean {
  const findFigureMedian = (runs: readonly Measurement[], figure: "wallMs" | "cpuMs" | "peakMb") =>
    findMedian(runs.map((run) => run[figure]))
  print(`\nLoad average ${loadavg()[0]?.toFixed(1)}; medians of ${sides.freshet.length}.\n`)
  print(
    "| | Freshet | script with checks | ratio | script without |\n| --- | --- | --- | --- | --- |",
  )
  for (const figure of ["wallMs", "cpuMs", "peakMb"] as const) {
    const [ours, checked, bare] = [sides.freshet, sides.checked, sides.bare].map((runs) =>
      findFigureMedian(runs, figure),
    )
    const cells = [ours, checked, bare].map((value) => (value ?? 0).toFixed(0))
    const ratio = ((ours ?? 0) / (checked ?? 1)).toFixed(2)
    print(`| ${figure} | ${cells[0]} | ${cells[1]} | ${ratio} | ${cells[2]} |`)
  }
  const cpu = findFigureMedian(sides.freshet, "cpuMs") / findFigureMedian(sides.checked, "cpuMs")
  const peak = findFigureMedian(sides.freshet, "peakMb")
  print(`\nLimits: CPU ${limits.cpu} ×, ${limits.peakMb} MB.`)
  return cpu <= limits.cpu && peak <= limits.peakMb
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

process.exitCode = await main()
