/** Times whole commands that find nothing to do, at 10,000 assets of 365 days. Usage: noop-bench.js [--runs 5]. */
import { spawnSync } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { loadavg, tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"

import { freshetEnvironment, type FreshetPlace } from "./freshet-process.ts"
import { withServer } from "./hold-server.ts"
import { measure, type Measured, median } from "./measured-process.ts"
import { landAll, recordAll, storeNewest } from "./noop-history.ts"
import { bigSize, declare, graphOf, shapeOf } from "./plan-project.ts"
import { copyWorkspace } from "./workspace-copy.ts"

const limitMs = 2500
const said = "Nothing is stale: everything asked for is up to date.\n"

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { runs: { type: "string", default: "5" } } })
  const folder = mkdtempSync(join(tmpdir(), "freshet-bench-noop-"))
  try {
    return await withServer(async ({ freshDatabase }) => {
      const [home, landing] = [join(folder, "home"), join(folder, "landing")]
      const place = { home, landing, databaseUrl: await freshDatabase() }
      const prepared = await prepare(folder, place)
      return report(measureNoop(prepared, Number(values.runs))) ? 0 : 1
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Prepared {
  readonly program: string
  readonly place: FreshetPlace
}

/** A workspace with the declarations, and everything as it is once all of it is made. */
async function prepare(folder: string, place: FreshetPlace): Promise<Prepared> {
  const shape = shapeOf(bigSize)
  const workspace = join(folder, "workspace")
  copyWorkspace(workspace)
  const assets = join(workspace, "packages/assets/src")
  rmSync(assets, { recursive: true })
  mkdirSync(assets)
  cpSync(source("plan-project.ts"), join(assets, "plan-project.ts"))
  writeFileSync(join(assets, "index.ts"), definitions)
  landAll(shape, place.landing)
  const program = join(workspace, "apps/materializer/bin/freshet.js")
  say("The engine parses the queries …")
  run(program, ["plan", "--json"], place)
  const count = await recordAll(shape, graphOf(declare(shape)), place.databaseUrl)
  storeNewest(shape, join(place.home, "lake"))
  say(`${count.toLocaleString("en")} materializations are in the ledger.`)
  run(program, ["materialize"], place)
  return { program, place }
}

const definitions = `
  import { bigSize, declare, shapeOf } from "./plan-project.ts"
  export const definitions = () => declare(shapeOf(bigSize))`

function source(name: string): string {
  return fileURLToPath(new URL(`../src/${name}`, import.meta.url))
}

function run(program: string, words: readonly string[], place: FreshetPlace): void {
  const { status, stderr } = spawnSync(process.execPath, [program, ...words], {
    env: { ...process.env, ...freshetEnvironment(place) },
    maxBuffer: 2 ** 30,
  })
  if (status !== 0) throw new Error(`${words.join(" ")} failed: ${String(stderr)}`)
}

function measureNoop({ program, place }: Prepared, runs: number): readonly Measured[] {
  const options = { figures: join(place.home, "figures"), environment: freshetEnvironment(place) }
  return Array.from({ length: runs }, () => {
    const measured = measure([program, "materialize"], options)
    if (measured.stdout !== said) throw new Error(`there is something to do: ${measured.stdout}`)
    return measured
  })
}

function report(runs: readonly Measured[]): boolean {
  say(`\n## Nothing stale of 10,000 assets of 365 days, load average ${loadavg()[0]?.toFixed(1)}\n`)
  say("| `freshet materialize` | wall | least | CPU | peak memory | limit | |")
  say("| --- | --- | --- | --- | --- | --- | --- |")
  const wall = runs.map(({ wallMs }) => wallMs)
  const cpu = median(runs.map(({ cpuMs }) => cpuMs))
  const peak = median(runs.map(({ peakMb }) => peakMb))
  const ms = [median(wall), Math.min(...wall), cpu].map((value) => `${value.toFixed(0)} ms`)
  const holds = median(wall) <= limitMs
  const figures = [...ms, `${peak.toFixed(0)} MB`, `${limitMs} ms`].join(" | ")
  say(`| looks at everything | ${figures} | ${holds ? "holds" : "**does not hold**"} |`)
  return holds
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

process.exitCode = await main()
