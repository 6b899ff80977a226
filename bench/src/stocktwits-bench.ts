/** Compares Freshet with the hand-written script. Usage: bench.js [S] [M] [--pairs 5]. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { loadavg, tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"

import { type BenchServer, withBenchServer } from "./bench-server.ts"
import { compareContent } from "./compare-content.ts"
import { createDemoLanding, type Scale } from "./demo-landing.ts"
import { toEnvironmentVariables, freshetPath, type FreshetSettings } from "./freshet-process.ts"
import { measure, type Measurement, findMedian } from "./measure-process.ts"
import { stocktwitsDatasets } from "./stocktwits-datasets.ts"

const limits = {
  S: { wall: 1.25, cpu: 1.25, peak: undefined, lanes: "2" },
  M: { wall: 1.15, cpu: 1.15, peak: 1.2, lanes: "1" },
} as const

const statusLimitMs = 400

const scriptPath = fileURLToPath(new URL("stocktwits-script.js", import.meta.url))
const hookPath = fileURLToPath(new URL("../src/duckdb-hook.cjs", import.meta.url))

interface Bench {
  readonly server: BenchServer
  /** Emptied before every run. */
  readonly folder: string
  readonly landing: string
  readonly scale: Scale
  readonly pairs: number
}

interface Sides {
  readonly freshet: readonly (Measurement & { readonly serverMs: number })[]
  readonly script: readonly (Measurement & { readonly serverMs: number })[]
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { pairs: { type: "string", default: "5" } },
  })
  const scales = positionals.length === 0 ? (["S", "M"] as const) : positionals.map(parseScale)
  const folder = mkdtempSync(join(tmpdir(), "freshet-bench-runs-"))
  try {
    const verdicts = await withBenchServer(async (server) => {
      const verdicts: boolean[] = []
      for (const scale of scales) {
        const landing = createDemoLanding(scale, 7)
        const bench = { server, folder, landing, scale, pairs: Number(values.pairs) }
        verdicts.push(...(await benchScale(bench)))
      }
      return verdicts
    })
    return verdicts.every(Boolean) ? 0 : 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function parseScale(text: string): Scale {
  if (text === "S" || text === "M") return text
  throw new Error(`${text} is no scale: S or M`)
}

async function benchScale(bench: Bench): Promise<readonly boolean[]> {
  const { scale, pairs } = bench
  print(`\n## ${scale}: a full week, ${pairs} pairs of whole processes in turn, medians\n`)
  await proveSameContent(bench)
  const verdicts = report(bench, "materialize --no-publish", await runPairs(bench, false), true)
  report(bench, "materialize with publication", await runPairs(bench, true), false)
  return [...verdicts, ...(await benchCommands(bench))]
}

/** Also the warm-up. */
async function proveSameContent(bench: Bench): Promise<void> {
  const settings = await createSettings(bench)
  measureFreshet(bench, settings, false)
  measureScript(bench, "")
  const compared = await compareContent(
    join(settings.home, "lake"),
    join(bench.folder, "script"),
    stocktwitsDatasets,
  )
  const { files, rows, differences } = compared
  if (differences.length > 0) throw new Error(`The contents differ:\n${differences.join("\n")}`)
  print(`Both sides' contents are equal: ${files} files, ${rows.toLocaleString("en")} rows.`)
}

async function runPairs(bench: Bench, isPublished: boolean): Promise<Sides> {
  const sides = { freshet: [], script: [] } as { -readonly [K in keyof Sides]: Sides[K][number][] } // filled below
  for (let pair = 0; pair < bench.pairs; pair += 1) {
    const settings = await createSettings(bench)
    sides.freshet.push(measureServerTime(bench, () => measureFreshet(bench, settings, isPublished)))
    const database = await bench.server.createDatabase()
    sides.script.push(
      measureServerTime(bench, () => measureScript(bench, isPublished ? database : "")),
    )
  }
  return sides
}

function measureServerTime({ server }: Bench, measureRun: () => Measurement) {
  const cpuMsAtStart = server.readCpuMs()
  const measured = measureRun()
  return { ...measured, serverMs: server.readCpuMs() - cpuMsAtStart }
}

async function createSettings({ server, folder, landing }: Bench): Promise<FreshetSettings> {
  const home = join(folder, "home")
  rmSync(home, { recursive: true, force: true })
  return { home, landing, databaseUrl: await server.createDatabase() }
}

function measureFreshet(
  { folder }: Bench,
  settings: FreshetSettings,
  isPublished: boolean,
): Measurement {
  const words = [
    freshetPath,
    "materialize",
    "group:stocktwits",
    "--yes",
    ...(isPublished ? [] : ["--no-publish"]),
  ]
  const environment = toEnvironmentVariables(settings)
  return measure(words, { figures: join(folder, "figures"), environment })
}

function measureScript({ folder, landing, scale }: Bench, databaseUrl: string): Measurement {
  const out = join(folder, "script")
  rmSync(out, { recursive: true, force: true })
  const words = [scriptPath, landing, out, limits[scale].lanes, databaseUrl]
  return measure(words, { figures: join(folder, "figures") })
}

type Figure = keyof Omit<Sides["script"][number], "stdout">

/** Prints both sides; returns for each limit if it holds. */
function report(
  { scale }: Bench,
  title: string,
  sides: Sides,
  isLimited: boolean,
): readonly boolean[] {
  const findFigureMedian = (side: keyof Sides, figure: Figure) =>
    findMedian(sides[side].map((run) => run[figure]))
  const { wall, cpu, peak } = limits[scale]
  const rows = [
    { name: "wall", figure: "wallMs", unit: "ms", limit: wall },
    { name: "CPU", figure: "cpuMs", unit: "ms", limit: cpu },
    { name: "peak memory", figure: "peakMb", unit: "MB", limit: peak },
    { name: "CPU of PostgreSQL", figure: "serverMs", unit: "ms", limit: undefined },
  ] as const
  print(`\n${title} (load average ${loadavg()[0]?.toFixed(1)})\n`)
  print(
    "| | Freshet | script | ratio | of pairs | limit | |\n| --- | --- | --- | --- | --- | --- | --- |",
  )
  return rows.flatMap(({ name, figure, unit, limit }) => {
    const [ours, theirs] = [findFigureMedian("freshet", figure), findFigureMedian("script", figure)]
    const ratios = sides.freshet.map((run, at) => run[figure] / (sides.script[at]?.[figure] ?? 1))
    const limited = isLimited ? limit : undefined
    const holds = limited === undefined || ours / theirs <= limited
    const verdict = limited === undefined ? "" : holds ? "holds" : "**does not hold**"
    const values = [name, `${ours.toFixed(0)} ${unit}`, `${theirs.toFixed(0)} ${unit}`]
    const ratioCells =
      theirs === 0 ? ["", ""] : [ours / theirs, findMedian(ratios)].map(formatRatio)
    const cells = [...ratioCells, limited ?? "", verdict]
    print(`| ${[...values, ...cells].join(" | ")} |`)
    return limited === undefined ? [] : [holds]
  })
}

function formatRatio(ratio: number): string {
  return ratio.toFixed(2)
}

/** Times commands without work after the last run. */
async function benchCommands(bench: Bench): Promise<readonly boolean[]> {
  const settings = await createSettings(bench)
  measureFreshet(bench, settings, true)
  const figures = join(bench.folder, "figures")
  const libraries = join(bench.folder, "libraries")
  const environment = toEnvironmentVariables(settings)
  print("\n| command with nothing to do | wall | CPU | limit | |\n| --- | --- | --- | --- | --- |")
  const verdicts = [["status"], ["materialize"], ["--help"]].map((words) => {
    const runs = Array.from({ length: 2 * bench.pairs }, () =>
      measure([freshetPath, ...words], { figures, environment }),
    )
    const wallMs = findMedian(runs.map((run) => run.wallMs))
    const limit = words[0] === "status" ? statusLimitMs : undefined
    const holds = limit === undefined || wallMs <= limit
    const verdict = limit === undefined ? "" : holds ? "holds" : "**does not hold**"
    const cpuMs = findMedian(runs.map((run) => run.cpuMs)).toFixed(0)
    print(
      `| freshet ${words.join(" ")} | ${wallMs.toFixed(0)} ms | ${cpuMs} ms | ${limit ?? ""} | ${verdict} |`,
    )
    return holds
  })
  const hooked = {
    ...environment,
    NODE_OPTIONS: `--require ${hookPath}`,
    BENCH_LIBRARIES: libraries,
  }
  measure([freshetPath, "status"], { figures, environment: hooked })
  const loaded = /duckdb/.test(readFileSync(libraries, "utf8"))
  print(
    `\n\`freshet status\` ${loaded ? "**loads DuckDB**" : "does not load DuckDB"}: ${readLibraryNames(libraries)}`,
  )
  return [...verdicts, !loaded]
}

function readLibraryNames(path: string): string {
  const names = readFileSync(path, "utf8")
    .split("\n")
    .map((libraryPath) => libraryPath.split("/").at(-1) ?? "")
  return names.filter((name) => name !== "").join(", ")
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

process.exitCode = await main()
