/**
 * Compares Freshet with a hand-written script over 10 million messages and 50 million engagements.
 * Usage: bench.js reputation [--messages 10000000] [--pairs 1].
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"

import { withBenchServer } from "./bench-server.ts"
import { compareContent } from "./compare-content.ts"
import { freshetPath, type FreshetSettings, toEnvironmentVariables } from "./freshet-process.ts"
import { type Limit, reportLimits } from "./limits.ts"
import { findMedian } from "./measure-process.ts"
import { measureTree, type TreeMeasurement } from "./measure-tree.ts"
import { afterModel, beforeModel, modelAssets, reputationDatasets } from "./reputation-datasets.ts"
import { computeSizes, createReputationLanding, landedDay } from "./reputation-landing.ts"

const limits = { cpu: 2.75, peakMb: 4096 }
/** Memory of Freshet's engine, and of its code beside it. */
const memoryMb = 2560
/** Memory of the engine in Freshet. */
const engineMb = Math.floor(memoryMb * 0.8)

const scriptPath = fileURLToPath(new URL("reputation-script.js", import.meta.url))

interface Bench {
  readonly folder: string
  readonly landing: string
  readonly createDatabase: () => Promise<string>
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      messages: { type: "string", default: "10000000" },
      pairs: { type: "string", default: "1" },
    },
  })
  const sizes = computeSizes(Number(values.messages))
  const counts = Object.entries(sizes).map(
    ([name, count]) => `${count.toLocaleString("en")} ${name}`,
  )
  print(counts.join(", "))
  const landing = await createReputationLanding(sizes)
  const folder = mkdtempSync(join(tmpdir(), "freshet-bench-reputation-"))
  try {
    return await withBenchServer(async ({ createDatabase }) => {
      const pairs: Pair[] = []
      for (let pair = 0; pair < Number(values.pairs); pair += 1)
        pairs.push(await measurePair({ folder, landing, createDatabase }))
      return report(pairs)
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Pair {
  readonly before: TreeMeasurement
  readonly model: TreeMeasurement
  readonly after: TreeMeasurement
  readonly checked: TreeMeasurement
  readonly bare: TreeMeasurement
}

/** Measures Freshet up to the model, the model, and the rest; then the script, which reads the scores of the same model. */
async function measurePair(bench: Bench): Promise<Pair> {
  const home = join(bench.folder, "home")
  rmSync(home, { recursive: true, force: true })
  const databaseUrl = await bench.createDatabase()
  const settings = { home, landing: bench.landing, databaseUrl }
  const before = await measureFreshet(bench, settings, beforeModel)
  const model = await measureFreshet(bench, settings, modelAssets)
  const after = await measureFreshet(bench, settings, afterModel)
  const checked = await measureScript(bench, home, "checks")
  await proveSameContent(bench, home)
  return { before, model, after, checked, bare: await measureScript(bench, home, "") }
}

async function measureFreshet(
  { folder }: Bench,
  settings: FreshetSettings,
  assets: readonly string[],
): Promise<TreeMeasurement> {
  const words = [freshetPath, "materialize", ...assets, "--no-publish", "--yes"]
  const environment = { ...toEnvironmentVariables(settings), FRESHET_MEMORY_MB: String(memoryMb) }
  const measurement = await measureTree(words, { figures: join(folder, "figures"), environment })
  printMeasurement(`Freshet: ${assets.join(", ")}`, measurement)
  return measurement
}

async function measureScript(
  { folder, landing }: Bench,
  home: string,
  mode: string,
): Promise<TreeMeasurement> {
  const out = join(folder, "script")
  rmSync(out, { recursive: true, force: true })
  const weeks = findLakeFile(home, "scored_weeks")
  const words = [scriptPath, landing, weeks, out, String(engineMb), mode]
  const measurement = await measureTree(words, { figures: join(folder, "figures") })
  printMeasurement(`script ${mode === "" ? "without checks" : "with checks"}`, measurement)
  return measurement
}

function findLakeFile(home: string, asset: string): string {
  const folder = join(home, "lake", asset, landedDay)
  const [file = ""] = readdirSync(folder)
  return join(folder, file)
}

async function proveSameContent({ folder }: Bench, home: string): Promise<void> {
  const { files, rows, differences } = await compareContent(
    join(home, "lake"),
    join(folder, "script"),
    reputationDatasets,
  )
  if (differences.length > 0) throw new Error(`The contents differ:\n${differences.join("\n")}`)
  print(`Both sides' contents are equal: ${files} files, ${rows.toLocaleString("en")} rows.`)
  for (const name of [...reputationDatasets, ...modelAssets])
    print(`  ${name}: ${(statSync(findLakeFile(home, name)).size / 1e6).toFixed(1)} MB`)
}

/** Prints the figures beside their limits; the exit status is 0 if the limits hold. */
function report(pairs: readonly Pair[]): number {
  const findFigureMedian = (compute: (pair: Pair) => number) => findMedian(pairs.map(compute))
  const computeCpu = ({ before, after }: Pair) => before.cpuMs + after.cpuMs
  const computeWall = ({ before, after }: Pair) => before.wallMs + after.wallMs
  const peak = ({ before, model, after }: Pair) =>
    Math.max(before.peakMb, model.peakMb, after.peakMb)
  print(
    `SQL part: wall ${findFigureMedian((pair) => computeWall(pair) / pair.checked.wallMs).toFixed(2)} times the script with checks, ` +
      `CPU ${findFigureMedian((pair) => computeCpu(pair) / pair.bare.cpuMs).toFixed(2)} times the script without.`,
  )
  const figures: readonly Limit[] = [
    {
      name: "CPU of the SQL part, as a multiple of the script with checks",
      value: findFigureMedian((pair) => computeCpu(pair) / pair.checked.cpuMs),
      limit: limits.cpu,
      unit: "×",
    },
    {
      name: "memory of all processes",
      value: findFigureMedian(peak),
      limit: limits.peakMb,
      unit: "MB",
    },
  ]
  return reportLimits("Reputation", figures)
}

function printMeasurement(name: string, { wallMs, cpuMs, peakMb }: TreeMeasurement): void {
  const [wall, cpu] = [wallMs, cpuMs].map((ms) => (ms / 1000).toFixed(1))
  print(`${name}: ${wall} s, ${cpu} s of CPU, ${peakMb.toFixed(0)} MB at peak`)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

process.exitCode = await main()
