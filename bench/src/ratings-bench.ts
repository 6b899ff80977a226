/** Compares what Freshet and a hand-written script make of 26 million ratings. Usage: bench.js ratings [M | L] [--pairs 3]. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { homedir, loadavg, tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"

import { freshet, freshetEnvironment, freshetPath, type FreshetPlace } from "./freshet-process.ts"
import { type HeldServer, withServer } from "./hold-server.ts"
import { measure, type Measured, median } from "./measured-process.ts"
import { catalogueDatasets, ratingsDatasets } from "./ratings-datasets.ts"
import { compareContent } from "./same-content.ts"

const limits = { cpu: 1.15, peakMb: 2048 }
const memoryMb = 2048
/** What Freshet gives the engine of that. */
const engineMb = Math.floor(memoryMb * 0.8)

const scriptPath = fileURLToPath(new URL("ratings-script.js", import.meta.url))

interface Bench {
  readonly server: HeldServer
  readonly folder: string
  readonly landing: string
  readonly pairs: number
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { pairs: { type: "string", default: "3" } },
  })
  const landing = landingOf(positionals[0] ?? "L")
  const folder = mkdtempSync(join(tmpdir(), "freshet-bench-ratings-"))
  try {
    const bench = { folder, landing, pairs: Number(values.pairs) }
    return await withServer((server) => compare({ ...bench, server }))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Made-up films and ratings, made when they are not there yet. */
function landingOf(scale: string): string {
  const landing = join(homedir(), ".cache", "freshet-bench", `ratings-${scale}-seed-1`)
  if (existsSync(join(landing, "movies", "ratings.csv"))) return landing
  say(`Making the input of ${scale} in ${landing} …`)
  mkdirSync(landing, { recursive: true })
  const place = { home: join(landing, "home"), landing, databaseUrl: "" }
  const words = ["demo-data", "--group", "movies", "--scale", scale, "--landing", landing]
  const made = freshet(words, place)
  if (made.status !== 0) throw new Error(`\`freshet demo-data\` failed: ${made.stderr}`)
  return landing
}

interface Sides {
  readonly freshet: Measured[]
  readonly checked: Measured[]
  readonly bare: Measured[]
}

async function compare(bench: Bench): Promise<number> {
  const sides: Sides = { freshet: [], checked: [], bare: [] }
  for (let pair = 0; pair < bench.pairs; pair += 1) {
    const place = await withCatalogue(bench)
    sides.freshet.push(runFreshet(bench, place))
    sides.checked.push(runScript(bench, "checks"))
    if (pair === 0) await proveSameContent(bench, place)
    sides.bare.push(runScript(bench, ""))
  }
  return report(sides) ? 0 : 1
}

/** A place where the films are made and nothing of the ratings; the script reads the same films. */
async function withCatalogue({ server, folder, landing }: Bench): Promise<FreshetPlace> {
  const home = join(folder, "home")
  rmSync(home, { recursive: true, force: true })
  const place = { home, landing, databaseUrl: await server.freshDatabase() }
  const made = freshet(["materialize", ...catalogueDatasets, "--no-publish", "--yes"], place)
  if (made.status !== 0) throw new Error(`the films were not made: ${made.stderr}`)
  mkdirSync(join(folder, "catalogue"), { recursive: true })
  for (const name of catalogueDatasets) {
    const [file = ""] = readdirSync(join(home, "lake", name, "all"))
    copyFileSync(
      join(home, "lake", name, "all", file),
      join(folder, "catalogue", `${name}.parquet`),
    )
  }
  return place
}

function runFreshet({ folder }: Bench, place: FreshetPlace): Measured {
  const words = [freshetPath, "materialize", ...ratingsDatasets, "--no-publish", "--yes"]
  const environment = { ...freshetEnvironment(place), FRESHET_MEMORY_MB: String(memoryMb) }
  return measure(words, { figures: join(folder, "figures"), environment })
}

function runScript({ folder, landing }: Bench, also: string): Measured {
  const out = join(folder, "script")
  rmSync(out, { recursive: true, force: true })
  const words = [scriptPath, landing, join(folder, "catalogue"), out, String(engineMb), also]
  return measure(words, { figures: join(folder, "figures") })
}

async function proveSameContent({ folder }: Bench, { home }: FreshetPlace): Promise<void> {
  const compared = await compareContent(join(home, "lake"), join(folder, "script"), ratingsDatasets)
  const { files, rows, differences } = compared
  if (differences.length > 0) throw new Error(`The contents differ:\n${differences.join("\n")}`)
  say(`Both sides' contents are equal: ${files} files, ${rows.toLocaleString("en")} rows.`)
}

/** Prints all sides; says whether the limits hold. */
function report(sides: Sides): boolean {
  const middle = (runs: readonly Measured[], figure: "wallMs" | "cpuMs" | "peakMb") =>
    median(runs.map((run) => run[figure]))
  say(`\nLoad average ${loadavg()[0]?.toFixed(1)}; medians of ${sides.freshet.length}.\n`)
  say(
    "| | Freshet | script with checks | ratio | script without |\n| --- | --- | --- | --- | --- |",
  )
  for (const figure of ["wallMs", "cpuMs", "peakMb"] as const) {
    const [ours, checked, bare] = [sides.freshet, sides.checked, sides.bare].map((runs) =>
      middle(runs, figure),
    )
    const shown = [ours, checked, bare].map((value) => (value ?? 0).toFixed(0))
    const ratio = ((ours ?? 0) / (checked ?? 1)).toFixed(2)
    say(`| ${figure} | ${shown[0]} | ${shown[1]} | ${ratio} | ${shown[2]} |`)
  }
  const cpu = middle(sides.freshet, "cpuMs") / middle(sides.checked, "cpuMs")
  const peak = middle(sides.freshet, "peakMb")
  say(`\nLimits: CPU ${limits.cpu} ×, ${limits.peakMb} MB.`)
  return cpu <= limits.cpu && peak <= limits.peakMb
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

process.exitCode = await main()
