/** Times whole commands that find nothing to do, at 10,000 assets of 365 days. Usage: noop-bench.js [--runs 5]. */
import { spawnSync } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { loadavg, tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"

import { withBenchServer } from "./bench-server.ts"
import { toEnvironmentVariables, type FreshetSettings } from "./freshet-process.ts"
import { measure, type Measurement, findMedian } from "./measure-process.ts"
import { landSources, recordAll, storeNewest } from "./noop-ledger.ts"
import { bigSize, declareAssets, buildValidGraph, createShape } from "./plan-project.ts"
import { copyWorkspace } from "./workspace-copy.ts"

const limitMs = 2500
const expectedOutput = "Nothing is stale: all requested partitions are fresh.\n"

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { runs: { type: "string", default: "5" } } })
  const folder = mkdtempSync(join(tmpdir(), "freshet-bench-noop-"))
  try {
    return await withBenchServer(async ({ createDatabase }) => {
      const [home, landing] = [join(folder, "home"), join(folder, "landing")]
      const settings = { home, landing, databaseUrl: await createDatabase() }
      const prepared = await prepare(folder, settings)
      return report(measureNoop(prepared, Number(values.runs))) ? 0 : 1
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface PreparedProject {
  readonly program: string
  readonly settings: FreshetSettings
}

/** Creates a workspace with the declarations and the state of a complete run. */
async function prepare(
  folder: string,
  storage: Omit<FreshetSettings, "project">,
): Promise<PreparedProject> {
  const shape = createShape(bigSize)
  const workspace = join(folder, "workspace")
  const settings = { ...storage, project: workspace }
  copyWorkspace(workspace)
  const assets = join(workspace, "packages/assets/src")
  rmSync(assets, { recursive: true })
  mkdirSync(assets)
  cpSync(getSourcePath("plan-project.ts"), join(assets, "plan-project.ts"))
  writeFileSync(join(assets, "index.ts"), definitions)
  landSources(shape, settings.landing)
  const program = join(workspace, "apps/materializer/bin/freshet.js")
  print("The engine parses the queries …")
  runCommand(program, ["plan", "--json"], settings)
  const count = await recordAll(shape, buildValidGraph(declareAssets(shape)), settings.databaseUrl)
  storeNewest(shape, join(settings.home, "lake"))
  print(`${count.toLocaleString("en")} materializations are in the ledger.`)
  runCommand(program, ["materialize"], settings)
  return { program, settings }
}

const definitions = `
  import { bigSize, createShape, declareAssets } from "./plan-project.ts"
  export const definitions = () => declareAssets(createShape(bigSize))
  export const automation = {}
  export const pageQueries = []`

function getSourcePath(name: string): string {
  return fileURLToPath(new URL(`../src/${name}`, import.meta.url))
}

function runCommand(program: string, words: readonly string[], settings: FreshetSettings): void {
  const { status, stderr } = spawnSync(process.execPath, [program, ...words], {
    env: { ...process.env, ...toEnvironmentVariables(settings) },
    maxBuffer: 2 ** 30,
  })
  if (status !== 0) throw new Error(`${words.join(" ")} failed: ${String(stderr)}`)
}

function measureNoop({ program, settings }: PreparedProject, runs: number): readonly Measurement[] {
  const options = {
    figures: join(settings.home, "figures"),
    environment: toEnvironmentVariables(settings),
  }
  return Array.from({ length: runs }, () => {
    const measured = measure([program, "materialize"], options)
    if (measured.stdout !== expectedOutput)
      throw new Error(`there is something to do: ${measured.stdout}`)
    return measured
  })
}

function report(runs: readonly Measurement[]): boolean {
  print(
    `\n## Nothing stale of 10,000 assets of 365 days, load average ${loadavg()[0]?.toFixed(1)}\n`,
  )
  print("| `freshet materialize` | wall | least | CPU | peak memory | limit | |")
  print("| --- | --- | --- | --- | --- | --- | --- |")
  const wall = runs.map(({ wallMs }) => wallMs)
  const cpu = findMedian(runs.map(({ cpuMs }) => cpuMs))
  const peak = findMedian(runs.map(({ peakMb }) => peakMb))
  const ms = [findMedian(wall), Math.min(...wall), cpu].map((value) => `${value.toFixed(0)} ms`)
  const holds = findMedian(wall) <= limitMs
  const formatFigures = [...ms, `${peak.toFixed(0)} MB`, `${limitMs} ms`].join(" | ")
  print(`| nothing stale | ${formatFigures} | ${holds ? "holds" : "**does not hold**"} |`)
  return holds
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

process.exitCode = await main()
